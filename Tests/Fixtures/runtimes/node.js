const fs = require("fs"), http = require("http"), os = require("os"), net = require("net"), crypto = require("crypto");
const child = require("child_process"), { Worker } = require("worker_threads"), dgram = require("dgram");
function ok(name, value) { if (!value) { console.log("failed: " + name); process.exit(1); } console.log("ok " + name); }
async function main() {
  const server = http.createServer((request, response) => response.end(request.url));
  await new Promise((then) => server.listen(0, "127.0.0.1", then));
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/page`);
  ok("http", (await answer.text()) === "/page");
  server.close();
  const local = net.createServer((socket) => socket.end("hello"));
  await new Promise((then) => local.listen("/tmp/socket", then));
  ok("unix socket", await new Promise((then) => net.connect("/tmp/socket").on("data", (data) => then(`${data}` === "hello"))));
  local.close();
  await fs.promises.writeFile("/var/node", "x".repeat(1 << 20));
  await fs.promises.copyFile("/var/node", "/var/node.copy");
  ok("files", (await fs.promises.stat("/var/node.copy")).size === 1 << 20);
  const watcher = fs.watch("/var");
  ok("watch", await new Promise((then) => { watcher.on("change", () => then(true)); fs.writeFileSync("/var/new", ""); }));
  watcher.close();
  ok("worker", await new Promise((then) =>
    new Worker("require('worker_threads').parentPort.postMessage(6 * 7)", { eval: true }).on("message", (n) => then(n === 42))));
  ok("child", child.spawnSync("/bin/echo", ["child"]).stdout.toString() === "child\n");
  ok("fork", await new Promise((then) => child.fork(__filename, ["child"]).on("message", (n) => then(n === 1))));
  ok("crypto", crypto.scryptSync("a", "b", 32).length === 32 && crypto.randomBytes(8).length === 8);
  ok("machine", os.hostname() === "sandbox" && os.totalmem() > 0 && os.availableParallelism() >= 1);
  ok("interfaces", Object.keys(os.networkInterfaces()).join() === "lo");
  const socket = dgram.createSocket("udp4");
  await new Promise((then) => socket.bind(0, "127.0.0.1", then));
  ok("datagram", await new Promise((then) => {
    socket.on("message", () => then(true));
    socket.send("x", socket.address().port, "127.0.0.1");
  }));
  socket.close();
  const loop = new Function("let n = 0; for (let i = 0; i < 1e6; i++) n += i & 3; return n");
  ok("compiler", loop() === 1500000);
  const wasm = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  ok("web assembly", wasm.buffer.byteLength === 65536);
  console.log("done");
}
if (process.argv[2] === "child") process.send(1); else main();
