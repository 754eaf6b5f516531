// Makes many WebAssembly modules small in one process: the package's own command takes longer to start than most modules
// take. Called as: node optimise.mjs BINARYEN FEATURE,… -Oz|-O3 FILE…
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [package_, features, aim, ...files] = process.argv.slice(2);
const { default: binaryen } = await import(pathToFileURL(package_));
const bits = features.split(",").map((name) => {
  const bit = binaryen.Features[name];
  if (bit === undefined) {
    throw new Error(`binaryen knows no feature ${name}`);
  }
  return bit;
});
// As wasm-opt has them.
const [optimize, shrink] = aim === "-Oz" ? [2, 2] : [3, 0];
binaryen.setOptimizeLevel(optimize);
binaryen.setShrinkLevel(shrink);
for (const file of files) {
  const module = binaryen.readBinary(readFileSync(file));
  module.setFeatures(bits.reduce((all, bit) => all | bit, 0));
  module.optimize();
  module.runPasses(["strip-debug", "strip-producers", "strip-target-features"]);
  writeFileSync(file, module.emitBinary());
  module.dispose();
}
