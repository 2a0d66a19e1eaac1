"use strict";
// What the lists of channels share, and how the test starts them.
//
// A channel gets a target of its own at the sink: a port, addresses, and two names. One leads to the sink; the other does not
// exist, and asking for it is the leak. Whatever reaches the port, a bare connection included, is a leak, too. What cannot go
// there, like reading the parent's cookies, is reported as `reached("what it got")`.

const channels = {}, spoilers = {}, functions = {};

const reached = text => ({ reached: String(text) });
const later = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
const make = (tag, attributes = {}, parent = document.body) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (parent) parent.append(element);
  return element;
};
const add = html => { const box = make("div"); box.innerHTML = html; return box.firstElementChild; };
const css = text => { const style = make("style"); style.textContent = text; return add('<p class="styled">x</p>'); };
const blob = (text, type = "text/html") => URL.createObjectURL(new Blob([text], { type }));
/** The same place over TLS. */
const secure = url => url.replace(/^http:/, "https:");
const own = (path, fields = {}) => `${path}?${Object.entries(fields).map(f => f.map(encodeURIComponent).join("=")).join("&")}`;
const loaded = element => new Promise((resolve, reject) => {
  element.onload = () => resolve(element);
  element.onerror = () => reject(new Error("not loaded"));
});
/// A frame of our own host, loaded.
const frame = async (attributes, before = () => {}) => {
  const element = make("iframe", {}, null);
  before(element);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  const ready = loaded(element);
  document.body.append(element);
  return ready;
};
/// What a script in another place does to call home.
const pixel = t => `new Image().src=${JSON.stringify(t.url)};`;
const request = t => `fetch(${JSON.stringify(t.url)},{mode:"no-cors"}).catch(()=>{});`;
const both = t => `<img src="${t.url}"><script>${request(t)}</scr` + "ipt>";
const stun = (t, scheme = "stun", transport = "udp", scope = window) => {
  const server = { urls: `${scheme}:127.0.0.2:${t.port}${scheme === "turn" ? "?transport=" + transport : ""}`, username: "u", credential: "c" };
  const peer = new scope.RTCPeerConnection({ iceServers: [server] });
  peer.createDataChannel("x");
  return peer.createOffer().then(offer => peer.setLocalDescription(offer));
};

const target = (name, port) => ({
  name, port, url: `http://127.0.0.2:${port}/${name}`, socket: `ws://127.0.0.2:${port}/${name}`,
  named: `http://${name}.sink.test:${port}/`, host: `${name}.lookup.test`, lookup: `http://${name}.lookup.test/`,
});
/// The address of the page around: as the browser says it, or, where it says "null" or nothing (Firefox, to a frame without
/// referrers), as the sender of that page's answer. Never anything of our own host, which every attempt would reach.
let around = null;
const shell = () => { if (!around) throw new Error("the page around is not known"); return around; };
const knownAround = async (said = location.ancestorOrigins?.[0]) => {
  around = said && said !== "null" ? said : await new Promise(resolve => {
    addEventListener("message", e => { if (e.source === parent && e.data?.rpcId === "around") resolve(e.origin); });
    parent.postMessage({ getGrainTitle: {}, rpcId: "around" }, "*");
  });
};

/// Starts one channel and says what it reached, if it says so within the time.
const attempt = async (list, name, port, milliseconds = 3000) => {
  try {
    const result = await Promise.race([list[name](target(name, port)), later(milliseconds)]);
    return result && result.reached ? result.reached : null;
  } catch (error) {
    return null;
  }
};

/// Starts one channel without waiting for it; `results` says later what was reached.
const results = {};
const start = (name, port) => { attempt(channels, name, port).then(result => { if (result !== null) results[name] = result; }); };

/// Runs one ordinary function of a page: "" when it works, else why not.
const check = async name => {
  try {
    const result = await Promise.race([functions[name](), later(5000).then(() => "no result within 5 s")]);
    return result === true ? "" : String(result);
  } catch (error) {
    return String(error);
  }
};

const names = () => ({
  channels: Object.keys(channels), spoilers: Object.keys(spoilers), functions: Object.keys(functions),
});
