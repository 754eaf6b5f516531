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
    const [file, ...pieces] = packs[name];
    const answer = await fetch(new URL(file, import.meta.url), { credentials: "same-origin" });
    // A host that answers every address with the app's page sends HTML instead of the file.
    if (!answer.ok || (answer.headers.get("content-type") ?? "").startsWith("text/html")) {
        throw new Error(`${file}: ${answer.status} ${answer.headers.get("content-type")}`);
    }
    const bytes = await answer.arrayBuffer();
    const all = [];
    for (let i = 0, at = 0; i < pieces.length; at += pieces[i + 1], i += 2) {
        let piece = joined.get(pieces[i]);
        if (piece === undefined) {
            piece = WebAssembly.instantiate(new Uint8Array(bytes, at, pieces[i + 1]), getSharedImports());
            joined.set(pieces[i], piece);
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
