// Fetches the packs of the split program and joins their pieces to it. What fails is not remembered: the next call tries
// again.
function once(make) {
    const made = new Map();
    return (name) => {
        let it = made.get(name);
        if (it === undefined) {
            it = make(name);
            it.catch(() => made.delete(name));
            made.set(name, it);
        }
        return it;
    };
}
const joined = new Map();
const joinPack = once(async (name) => {
    const file = packs[name];
    const answer = await fetch(new URL(file, import.meta.url), { credentials: "same-origin" });
    // A host that answers every address with the app's page sends HTML instead of the file.
    if (!answer.ok || (answer.headers.get("content-type") ?? "").startsWith("text/html")) {
        throw new Error(`${file}: ${answer.status} ${answer.headers.get("content-type")}`);
    }
    const bytes = await answer.arrayBuffer();
    // The table: how many pieces there are, and of each its number and its length.
    const table = new DataView(bytes);
    const word = (i) => table.getUint32(4 * i, true);
    const all = [];
    const end = 1 + 2 * word(0);
    for (let i = 1, at = 4 * end; i < end; at += word(i + 1), i += 2) {
        let piece = joined.get(word(i));
        if (piece === undefined) {
            piece = WebAssembly.instantiate(new Uint8Array(bytes, at, word(i + 1)), getSharedImports());
            joined.set(word(i), piece);
        }
        all.push(piece);
    }
    await Promise.all(all);
});
const fetchStyles = once((href) => new Promise((done, failed) => {
    const url = new URL(href, import.meta.url).href;
    if ([...document.styleSheets].some((sheet) => sheet.href === url)) return done();
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url;
    link.onload = done;
    link.onerror = () => { link.remove(); failed(new Error(url)); };
    document.head.append(link);
}));
function splitLoad(needed, styles) {
    return async (callback, data) => {
        let done = false;
        try {
            await Promise.all([...styles.map(fetchStyles), ...needed.map(joinPack)]);
            done = true;
        } catch (error) {
            console.warn("a part of the page could not be fetched:", error);
        }
        getSharedImports().__wasm_split.__indirect_function_table.get(callback)(data, done);
    };
}
