"use strict";
// Ways out that need a click: each is tried in a page of its own, and with one.
Object.assign(spoilers, {
  "popup": t => { open(t.url); },
  "popup-noopener": t => { open(t.url, "", "noopener"); },
  "popup-window": t => { open(t.url, "", "width=99,height=99"); },
  "popup-blank-written": t => { const popup = open("about:blank"); popup.document.write(both(t)); },
  "popup-blob": t => { open(blob(both(t))); },
  "popup-own-page": async t => { const popup = open("/empty.html"); popup.addEventListener("load", () => { popup.location = t.url; }); },
  "popup-javascript": t => { open(`javascript:${pixel(t)}`); },
  "link-blank": t => { make("a", { href: t.url, target: "_blank" }).click(); },
  "link-control-click": t => { make("a", { href: t.url }).dispatchEvent(new MouseEvent("click", { ctrlKey: true, bubbles: true, cancelable: true })); },
  "link-ping": t => { make("a", { href: "#here", ping: t.url }).click(); },
  "link-download": t => { make("a", { href: t.url, download: "x" }).click(); },
  "link-attribution": t => { make("a", { href: "#here", attributionsrc: t.url }).click(); },
  "area-blank": t => { add(`<map><area target=_blank href="${t.url}"></map>`).querySelector("area").click(); },
  "form-blank": t => { add(`<form target=_blank action="${t.url}"><button>x</button></form>`).querySelector("button").click(); },
  "picture-in-picture-document": async t => { (await documentPictureInPicture.requestWindow()).document.body.innerHTML = both(t); },
  "fullscreen": () => document.documentElement.requestFullscreen().then(() => document.exitFullscreen()).then(() => reached("the whole screen")),
  "pointer-lock": async () => { await document.body.requestPointerLock(); document.exitPointerLock(); return reached("the pointer"); },
  "clipboard-read": () => navigator.clipboard.readText().then(text => reached(`'${text}'`)),
  "screen-capture": () => navigator.mediaDevices.getDisplayMedia().then(() => reached("the screen")),
  "storage-access": () => document.requestStorageAccess().then(() => reached("unpartitioned cookies")),
});
