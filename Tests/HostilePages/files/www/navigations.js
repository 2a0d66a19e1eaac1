"use strict";
// Ways out that spoil the page, so it is opened anew for each: by going there, and by WebRTC, for which Chromium ends
// the page's process when it may not connect.
Object.assign(spoilers, {
  "location-href": t => { location.href = t.url; },
  "location-assign": t => { location.assign(t.url); },
  "location-replace": t => { location.replace(t.url); },
  "location-name": t => { location.href = t.named; },
  "location-lookup": t => { location.href = t.lookup; },
  "location-own-redirect": t => { location.href = own("/redirect", { to: t.url }); },
  "location-own-refresh": t => { location.href = own("/headers", { Refresh: `0;url=${t.url}` }); },
  "location-own-headers": t => { location.href = own("/headers", { Link: `<${t.url}>; rel=preload; as=image`, body: "<p>" }); },
  "location-exchange": t => { location.href = own("/exchange", { to: secure(t.url) }); },
  "location-blob": t => { location.href = blob(both(t)); },
  "location-data": t => { location.href = "data:text/html," + encodeURIComponent(both(t)); },
  "location-javascript": t => { location.href = `javascript:'${both(t).replaceAll("'", "\\'")}'`; },
  "location-own-error": t => { location.href = own("/no-such-page"); },
  "navigation-api": t => { navigation.navigate(t.url); },
  "meta-refresh": t => { make("meta", { "http-equiv": "refresh", content: `0;url=${t.url}` }, document.head); },
  "document-write": t => { document.open(); document.write(both(t)); document.close(); },
  "link-click": t => { make("a", { href: t.url }).click(); },
  "link-click-ping-own": t => { make("a", { href: "/empty.html", ping: t.url }).click(); },
  "link-top": t => { make("a", { href: t.url, target: "_top" }).click(); },
  "link-parent": t => { make("a", { href: t.url, target: "_parent" }).click(); },
  "link-base-target": t => { make("base", { target: "_top" }, document.head); make("a", { href: t.url }).click(); },
  "link-svg": t => { add(`<svg><a href="${t.url}" target="_top"><text>x</text></a></svg>`).firstElementChild.dispatchEvent(new MouseEvent("click", { bubbles: true })); },
  "link-math": t => { add(`<math href="${t.url}"><mtext>x</mtext></math>`).dispatchEvent(new MouseEvent("click", { bubbles: true })); },
  "link-area": t => { add(`<map><area href="${t.url}"></map>`).querySelector("area").click(); },
  "form-get": t => { add(`<form action="${t.url}"><input name=secret value=1></form>`).submit(); },
  "form-post": t => { add(`<form method=post action="${t.url}"><input name=secret value=1></form>`).submit(); },
  "form-top": t => { add(`<form method=post target=_top action="${t.url}"></form>`).submit(); },
  "form-parent": t => { add(`<form target=_parent action="${t.url}"></form>`).submit(); },
  "form-own-redirect": t => { add(`<form method=post action="${own("/redirect", { to: t.url })}"></form>`).submit(); },
  "form-request-submit": t => { add(`<form action="/form"><button formaction="${t.url}" formmethod=post>x</button></form>`).querySelector("button").click(); },
  "top-location": t => { top.location = t.url; },
  "top-location-replace": t => { top.location.replace(t.url); },
  "parent-location-href": t => { parent.location.href = t.url; },
  "top-lookup": t => { top.location = t.lookup; },
  "top-javascript": t => { top.location = `javascript:${pixel(t)}`; },
  "open-top": t => { open(t.url, "_top"); },
  "open-parent": t => { open(t.url, "_parent"); },
  "open-self": t => { open(t.url, "_self"); },
  "inner-frame-top": t => { make("iframe", { srcdoc: `<script>top.location=${JSON.stringify(t.url)}</scr` + "ipt>" }); },
  "inner-frame-sandbox-top": t => { make("iframe", { sandbox: "allow-scripts allow-top-navigation", srcdoc: `<script>top.location=${JSON.stringify(t.url)}</scr` + "ipt>" }); },
  "inner-frame-parent": t => { make("iframe", { srcdoc: `<script>parent.location=${JSON.stringify(t.url)}</scr` + "ipt>" }); },
  "unload-beacon": t => { addEventListener("pagehide", () => navigator.sendBeacon(t.url, "secret")); location.href = "/empty.html"; },
  "unload-fetch": t => { addEventListener("pagehide", () => { fetch(t.url, { mode: "no-cors", keepalive: true }); }); location.href = "/empty.html"; },
  "unload-image": t => { addEventListener("beforeunload", () => { new Image().src = t.url; }); location.href = "/empty.html"; },
  "unload-fetch-later": t => { fetchLater(t.url); location.href = "/empty.html"; },
  "prefetch-of-clicked": t => {
    const link = make("a", { href: t.url });
    link.textContent = "x";
    link.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    link.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
    link.click();
  },

  // Sockets of WebRTC.
  "rtc-stun": t => stun(t),
  "rtc-turn-udp": t => stun(t, "turn", "udp"),
  "rtc-turn-tcp": t => stun(t, "turn", "tcp"),
  "rtc-stun-name": t => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${t.host}:3478` }] });
    peer.createDataChannel("x");
    return peer.createOffer().then(offer => peer.setLocalDescription(offer));
  },
  "rtc-candidate": async t => {
    const here = new RTCPeerConnection(), there = new RTCPeerConnection();
    here.createDataChannel("x");
    await here.setLocalDescription(await here.createOffer());
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription(await there.createAnswer());
    await here.setRemoteDescription(there.localDescription);
    await here.addIceCandidate({ candidate: `candidate:1 1 udp 2122260223 127.0.0.2 ${t.port} typ host`, sdpMid: "0", sdpMLineIndex: 0 });
    await later(1500);
  },
  "rtc-in-blank-frame": t => stun(t, "stun", "udp", make("iframe").contentWindow),
  "rtc-in-own-error": async t => stun(t, "stun", "udp", (await frame({ src: "/no-such-page" })).contentWindow),
  "rtc-in-data-frame": t => { make("iframe", { src: "data:text/html," + encodeURIComponent(`<script>(${stun})({port:${t.port}})</scr` + "ipt>") }); },
});
