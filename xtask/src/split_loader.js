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
const fetchPack = once(async (name) => {
    const answer = await fetch(new URL(packs[name][0], import.meta.url), { credentials: "same-origin" });
    // A host that answers every address with the app's page sends HTML instead of the file.
    if (!answer.ok || (answer.headers.get("content-type") ?? "").startsWith("text/html")) {
        throw new Error(`${packs[name][0]}: ${answer.status}`);
    }
    return answer.arrayBuffer();
});
const joinPiece = once(async (piece) => {
    const name = Object.keys(packs).find((name) => piece in packs[name][1] && fetched.has(name));
    const [offset, length] = packs[name][1][piece];
    await WebAssembly.instantiate(new Uint8Array(await fetchPack(name), offset, length), getSharedImports());
});
const fetched = new Set();
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
function splitLoad(needed, pieces, styles) {
    return async (callback, data) => {
        let done = false;
        try {
            await Promise.all([
                ...styles.map(fetchStyles),
                ...needed.map((name) => fetchPack(name).then(() => fetched.add(name))),
            ]);
            const last = pieces.at(-1);
            await Promise.all(pieces.filter((piece) => piece !== last).map(joinPiece));
            if (last !== undefined) await joinPiece(last);
            done = true;
        } catch (error) {
            console.warn("a part of the page could not be fetched:", error);
        }
        getSharedImports().__wasm_split.__indirect_function_table.get(callback)(data, done);
    };
}
