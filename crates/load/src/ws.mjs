// Node's ws, as its README's echo server, with compression as browsers get it.
import { WebSocketServer } from "ws";

const [, , address] = process.argv;
const [host, port] = address.split(":");
const server = new WebSocketServer({ host, port: Number(port), perMessageDeflate: true, maxPayload: 2 << 20 });
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
