"use strict";
// What ordinary pages do. All of it has to work behind the walls.
const answers = (worker, port = worker) => new Promise((resolve, reject) => {
  port.onmessage = e => resolve(e.data === "works" || e.data);
  worker.onerror = e => reject(new Error("worker: " + (e.message || "not started")));
});
const width = font => {
  const context = make("canvas").getContext("2d");
  context.font = `10px ${font}, monospace`;
  return context.measureText("AAAA").width;
};
const text = (path, options) => fetch(path, options).then(response => response.text());
const frameText = inner => inner.contentDocument.body.innerText;

Object.assign(functions, {
  "style sheet of its own": () => getComputedStyle(document.querySelector("h1")).color === "rgb(1, 2, 3)",
  "inline style element": () => getComputedStyle(css(".styled { color: rgb(4, 5, 6) }")).color === "rgb(4, 5, 6)",
  "style attribute": () => getComputedStyle(add('<p style="color: rgb(7, 8, 9)">x</p>')).color === "rgb(7, 8, 9)",
  "style sheet from a blob": async () => {
    await loaded(make("link", { rel: "stylesheet", href: blob(".blobbed { color: rgb(1, 1, 1) }", "text/css") }));
    return getComputedStyle(add('<p class="blobbed">x</p>')).color === "rgb(1, 1, 1)";
  },
  "font of its own": async () => { document.fonts.add(await new FontFace("wide", "url(/wide.ttf)").load()); return width("wide") > 100; },
  "font from data": async () => {
    const bytes = new Uint8Array(await (await fetch("/wide.ttf")).arrayBuffer());
    const data = btoa(String.fromCharCode(...bytes));
    document.fonts.add(await new FontFace("wide2", `url(data:font/ttf;base64,${data})`).load());
    return width("wide2") > 100;
  },
  "inline script": () => window.inlineScriptRan === true,
  "inline event handler": () => { add('<button onclick="window.handlerRan = true">x</button>').click(); return window.handlerRan; },
  "eval": () => (0, eval)("1 + 1") === 2,
  "new Function": () => new Function("return 3")() === 3,
  "WebAssembly": async () => (await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))).instance instanceof WebAssembly.Instance,
  "module of its own": async () => (await import("/module.js")).answer === 42,
  "module from a blob": async () => (await import(blob("export const answer = 43", "text/javascript"))).answer === 43,
  "worker of its own": () => answers(new Worker("/worker.js")),
  "worker from a blob": () => answers(new Worker(blob("postMessage('works')", "text/javascript"))),
  "worker from a blob asks its host": () => answers(new Worker(blob(`fetch("${location.origin}/echo?text=works").then(r=>r.text()).then(t=>postMessage(t))`, "text/javascript"))),
  "worker with importScripts": () => answers(new Worker(blob(`importScripts("${location.origin}/worker.js")`, "text/javascript"))),
  "module worker": () => answers(new Worker("/worker.js", { type: "module" })),
  "shared worker": () => { const worker = new SharedWorker("/shared-worker.js"); return answers(worker, worker.port); },
  "audio worklet": () => new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule("/module.js").then(() => true),
  "fetch": async () => await text("/echo?text=hello") === "hello",
  "fetch with a body": async () => await text("/echo", { method: "POST", body: "ä" }) === "ä",
  "fetch of a blob": async () => await text(blob("b")) === "b",
  "fetch of data": async () => await text("data:,d") === "d",
  "fetch over a redirect": async () => await text("/redirect?to=%2Fecho%3Ftext%3Dr") === "r",
  "XMLHttpRequest": () => new Promise(resolve => {
    const request = new XMLHttpRequest();
    request.open("GET", "/echo?text=x");
    request.onload = () => resolve(request.responseText === "x");
    request.send();
  }),
  "beacon": () => navigator.sendBeacon("/echo", "x"),
  "server-sent events": () => new Promise(resolve => { const source = new EventSource("/events"); source.onmessage = e => { source.close(); resolve(e.data === "hello"); }; }),
  "web socket": () => new Promise((resolve, reject) => {
    const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws");
    socket.onopen = () => socket.send("echo");
    socket.onmessage = e => resolve(e.data === "echo");
    socket.onerror = () => reject(new Error("refused"));
  }),
  "form with GET": async () => frameText(await submitted("get")).includes("word=dune"),
  "form with POST": async () => frameText(await submitted("post")).includes("word=dune"),
  "form with a file": async () => frameText(await submitted("post", "multipart/form-data")).includes("dune"),
  "picture of its own": () => loaded(make("img", { src: "/dune.svg" })).then(() => true),
  "picture over a redirect": () => loaded(make("img", { src: "/redirect?to=%2Fdune.svg" })).then(() => true),
  "picture from data": () => loaded(make("img", { src: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>" })).then(() => true),
  "picture from a blob": () => loaded(make("img", { src: blob("<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml") })).then(() => true),
  "drawing on a canvas": async () => {
    const picture = await loaded(make("img", { src: "/dune.svg" })), canvas = make("canvas");
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL().startsWith("data:image/png");
  },
  "inline SVG that uses its own": () => add('<svg><defs><rect id="r" width="9" height="9"/></defs><use href="#r"/></svg>').querySelector("use").getBBox().width === 9,
  "sound from data": () => new Promise((resolve, reject) => {
    const sound = new Audio("data:audio/wav;base64,UklGRigAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQQAAACAgICA");
    sound.onloadedmetadata = () => resolve(true);
    sound.onerror = () => reject(new Error("not playable"));
  }),
  "sound that is computed": async () => (await new OfflineAudioContext(1, 80, 8000).startRendering()).length === 80,
  "frame of its own": async () => frameText(await frame({ src: "/empty.html" })) === "empty",
  "frame from srcdoc": async () => frameText(await frame({ srcdoc: "<p>inside" })) === "inside",
  "frame from a blob": async () => frameText(await frame({ src: blob("<p>inside") })) === "inside",
  "frame that is written": () => { const { contentDocument: d } = make("iframe"); d.write("<p>inside"); d.close(); return d.body.innerText === "inside"; },
  "script in a frame from srcdoc": async () => (await frame({ srcdoc: "<script>window.ran = 1</scr" + "ipt>" })).contentWindow.ran === 1,
  "alert and confirm": () => { alert("hello"); return confirm("really?"); },
  "dialog": () => { const dialog = add("<dialog>x</dialog>"); dialog.showModal(); const isOpen = dialog.open; dialog.close(); return isOpen; },
  "local storage": () => { localStorage.setItem("a", "b"); return localStorage.getItem("a") === "b"; },
  "session storage": () => { sessionStorage.setItem("a", "b"); return sessionStorage.getItem("a") === "b"; },
  "database": () => new Promise((resolve, reject) => { const r = indexedDB.open("own"); r.onsuccess = () => resolve(true); r.onerror = () => reject(r.error); }),
  "cache": async () => { const cache = await caches.open("own"); await cache.add("/echo?text=c"); return await (await cache.match("/echo?text=c")).text() === "c"; },
  "cookie from the server": async () => { await text("/set-cookie?name=served"); return (await text("/cookies")).includes("served=yes"); },
  "cookie from the server that asks for all hosts stays on its own": async () => {
    await text(`/set-cookie?name=wide&domain=${location.hostname.split(".").slice(-1)[0]}`);
    return (await text("/cookies")).includes("wide=yes");
  },
  "cookie from a script": async () => { document.cookie = "scripted=yes; SameSite=None; Secure; Partitioned"; return (await text("/cookies")).includes("scripted=yes"); },
  "history": () => { history.pushState(null, "", "/pushed"); const isThere = location.pathname === "/pushed"; history.replaceState(null, "", "/"); return isThere; },
  "cryptography": async () => (await crypto.subtle.digest("SHA-256", new Uint8Array(1))).byteLength === 32,
  "channel between its own pages": () => new Promise(resolve => { new BroadcastChannel("own").onmessage = e => resolve(e.data === "x"); new BroadcastChannel("own").postMessage("x"); }),
  "locks": () => navigator.locks.request("own", () => true),
  "message to the page around": () => new Promise(resolve => {
    addEventListener("message", e => { if (e.data && e.data.rpcId === "title") resolve(typeof e.data.grainTitle === "string"); });
    parent.postMessage({ getGrainTitle: {}, rpcId: "title" }, shell());
  }),
  "address of the page around, as it answers": async () => { const said = shell(); await knownAround("null"); return shell() === said; },
  "download that it makes": () => { make("a", { href: blob("made", "text/plain"), download: "made.txt" }).click(); return true; },
  "download from the server": () => { make("a", { href: own("/download", { name: "served.bin" }) }).click(); return true; },
});

const submitted = async (method, enctype = "application/x-www-form-urlencoded") => {
  const name = `${method}-${enctype}`;
  const inner = await frame({ name, srcdoc: "" }), form = make("form", { method, enctype, action: "/form", target: name });
  make("input", { name: "word", value: "dune" }, form);
  const ready = loaded(inner);
  form.submit();
  return ready;
};
