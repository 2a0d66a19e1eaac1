extension Assets {
    /// What the page around a grain does: says how the grain is, and answers what the app's page asks of us
    /// (specification, section 14). Only the top frame of the grain, on the session's own host name, is listened to.
    static let grainScriptText = #"""
        (() => {
          "use strict";
          const $ = (s, r = document) => r.querySelector(s);
          const bar = $("header.bar");
          if (!bar) return;
          const { grain, session, secret, nonce, origin, app, base, owned, person } = bar.dataset;
          const badge = $(".state", bar), starting = $(".waiting"), problem = $(".problem");
          const again = $("[data-again]", problem), logLink = $("a", problem), opened = Date.now();
          let title = bar.dataset.title, given = bar.dataset.given, pageTitle = "", loaded = false, closed = false, leaving = false, timer = 0;
          let misses = 0;

          // Browsers bring a frame that was in the text of the page back to where it was, when people come back to the page or,
          // in Firefox, load it anew: to the host name of a session that is over. They do not with one that a script makes.
          const withoutScript = $(".stage noscript");
          const frame = new DOMParser().parseFromString(withoutScript.textContent, "text/html").querySelector("iframe");
          // A redirect keeps the fragment of the address that it came from.
          if (location.hash.length > 1) frame.src += location.hash;
          withoutScript.replaceWith(frame);

          // What people are told, the most pressing first: text, what the button does, and whether the log helps.
          const kinds = {
            closed: ["Open again", () => location.reload()],
            offline: ["Try again", () => alive()],
            crashed: ["Start again", () => location.reload(), true],
            upgraded: ["Load the new version", () => location.reload()],
            answer: ["Load again", () => location.reload(), true],
            refused: ["Close", () => tell("refused", null)],
            wanted: ["Go on", () => { if (!isBusy()) openNow(postponed); }],
            limited: ["Close", () => { heard = notices.limited; tell("limited", null); }, true],
          };
          let heard = null, postponed = null;
          const notices = {};
          const tell = (kind, text) => {
            if (text) notices[kind] = text; else delete notices[kind];
            const shown = Object.keys(kinds).find(k => k in notices);
            problem.hidden = !shown;
            if (!shown) return;
            const [label, , hasLog] = kinds[shown];
            if (problem.dataset.kind !== shown || $("p", problem).textContent !== notices[shown]) $("p", problem).textContent = notices[shown];
            problem.dataset.kind = shown;
            again.textContent = label;
            logLink.hidden = !hasLog || !owned;
          };
          again.onclick = () => { const [, act] = kinds[problem.dataset.kind] || []; if (act) act(); };
          const badgeShows = (state, text) => { badge.className = "state " + state; if (badge.textContent !== text) badge.textContent = text; };

          const body = () => new URLSearchParams({ secret });
          const showTitle = () => { document.title = (pageTitle && pageTitle !== title ? pageTitle + " · " : "") + title + " · Barchan"; };

          const show = answer => {
            badgeShows(answer.state, answer.text);
            tell("crashed", answer.state === "crashed" ? `${app} has stopped: ${answer.reason || "it gave no reason."}` : null);
            tell("upgraded", answer.package && answer.package !== bar.dataset.package
              ? `${app} was upgraded while this page was open. What you see is still the page of the old version.` : null);
            tell("limited", answer.notice && answer.notice !== heard ? `A limit was met: ${answer.notice}.` : null);
            if (answer.title) retitle(answer.title, answer.given);
            starting.hidden = loaded || answer.state === "crashed" || Date.now() - opened < 400;
          };
          const gone = text => {
            closed = true;
            badgeShows("stopped", "closed");
            // Laptops sleep, and sessions end meanwhile: come back without asking, but never in a loop.
            const last = Number(sessionStorage.getItem("reloaded"));
            if (!text && !document.hidden && Math.abs(Date.now() - last) > 10000) {
              sessionStorage.setItem("reloaded", Date.now());
              location.reload();
            } else tell("closed", text || "This page was closed meanwhile, because it was not seen for a while or the server was started anew.");
          };
          const offline = text => {
            misses += 1;
            badgeShows("stopped", "offline");
            tell("offline", text + " What you do now may not be saved. This page keeps trying.");
          };
          const alive = async () => {
            clearTimeout(timer);
            if (closed || leaving) return;
            try {
              const answer = await fetch(`/sessions/${session}/alive`, { method: "POST", body: body(), headers: { Accept: "application/json" } });
              if (answer.ok) { misses = 0; tell("offline", null); show(await answer.json()); }
              else if (answer.status === 410) return gone();
              else if (answer.status === 403) return gone("You are not logged in on this browser any more, or may not open this any more.");
              else if (answer.status === 431) return gone("Your browser sent more cookies than the server takes, as a page of a grain can set them. "
                + "It was asked to delete all cookies of this domain, your login among them: log in again.");
              else offline(`The server cannot do its work at the moment (it answered ${answer.status}).`);
            } catch {
              if (!leaving) offline(navigator.onLine ? "The server cannot be reached." : "This device is offline.");
            }
            if (!closed) timer = setTimeout(alive, misses ? Math.min(1000 * misses, 10000) : loaded ? 10000 : 700);
          };
          frame.addEventListener("load", () => { loaded = true; starting.hidden = true; alive(); });
          setTimeout(alive, 300);
          addEventListener("online", alive);
          addEventListener("offline", alive);
          document.addEventListener("visibilitychange", () => { if (!document.hidden) closed ? gone() : alive(); });
          addEventListener("pagehide", () => { leaving = true; navigator.sendBeacon(`/sessions/${session}/close`, body()); });
          addEventListener("pageshow", e => { if (e.persisted) location.reload(); });

          // One title in every tab of a grain. The app hears of its owner's title only.
          const rename = $("form.title"), tabs = new BroadcastChannel("grain " + grain), subscribers = new Set();
          const retitle = (wanted, owners = wanted) => {
            if (owners !== given) {
              given = owners;
              for (const rpcId of subscribers) reply({ rpcId, grainTitle: given });
            }
            if (wanted === title) return;
            title = wanted;
            showTitle();
            frame.title = title;
            if (rename && document.activeElement !== rename.elements.title) rename.elements.title.value = title;
          };
          tabs.onmessage = e => retitle(e.data);
          if (rename) rename.addEventListener("submit", async e => {
            e.preventDefault();
            const wanted = rename.elements.title.value.trim();
            rename.elements.title.blur();
            let error = "The title could not be changed: the server cannot be reached.";
            try {
              const answer = await fetch(rename.action, { method: "POST", body: new URLSearchParams({ nonce, title: wanted }), headers: { Accept: "application/json" } });
              error = answer.ok ? null : (await answer.json()).error;
            } catch {}
            tell("refused", error);
            if (!error) { retitle(wanted); tabs.postMessage(wanted); }
          });
          if (rename) rename.elements.title.addEventListener("keydown", e => {
            if (e.key === "Escape") { rename.elements.title.value = title; rename.elements.title.blur(); }
          });

          // Where a path of the app leads below an address of ours, or null: no `..`, however browsers come to read it so, may lead
          // to another page.
          const below = (address, path) => {
            if (typeof path !== "string" || path.length > 4000 || /[\u0000-\u0020\\]/.test(path)) return null;
            const start = new URL(address, location.href), url = new URL(start.href + path);
            const stays = url.pathname === start.pathname || url.pathname.startsWith(start.pathname + "/");
            return url.origin === start.origin && stays ? url : null;
          };

          // Sharing: the page of it, in a dialog.
          const dialog = $("dialog.share"), shareLink = $("[data-share]", bar), sharing = `/grains/${grain}/sharing`;
          let inside = "";
          const fill = html => {
            fillDialog(dialog, html);
            const made = $("#made", dialog);
            if (!made) return;
            // A webkey is for a program, and has no place inside.
            if (inside && made.value.startsWith(location.origin + "/shared/")) made.value = below(made.value, inside) || made.value;
            made.focus();
            made.select();
          };
          const part = async form => {
            try {
              const answer = await fetch(sharing, { method: form ? "POST" : "GET", body: form && new URLSearchParams(form), headers: { "X-Barchan-Part": "1" } });
              if (answer.redirected) location = answer.url;
              else fill(await answer.text());
              return true;
            } catch { tell("refused", "The server cannot be reached."); }
          };
          const openSharing = async (path, place) => {
            inside = path;
            if (!await part()) return;
            dialog.showModal();
            if (place) { $(place, dialog).scrollIntoView(); $(place, dialog).focus(); }
          };
          if (shareLink) shareLink.addEventListener("click", e => { e.preventDefault(); openSharing(""); });
          dialog.addEventListener("submit", e => { if (!person) return; e.preventDefault(); part(new FormData(e.target)); });

          // Somebody anonymous is asked to log in: the page for people who are not, in the dialog. Then they come back here.
          const signIn = async () => {
            try {
              const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html"), card = $("main .card", page);
              if (!card) return location.assign("/");
              fill("");
              dialog.append(...card.childNodes);
              $("h1", dialog).id = "share-title";
              for (const next of dialog.querySelectorAll("[name=next]")) next.value = location.pathname + location.search;
              dialog.showModal();
            } catch { tell("refused", "The server cannot be reached."); }
          };

          // Offer templates: the server makes the token and the page, this passes on what the app's page asked for.
          const offer = async call => {
            const fields = body(), text = (name, value) => { if (typeof value === "string") fields.set(name, value); };
            if (typeof call.template !== "string") return reply({ rpcId: call.rpcId, error: "The template is no text." });
            text("template", call.template); text("petname", call.petname); text("clipboard", call.clipboardButton); text("clientapp", call.clientapp);
            if (isObject(call.style)) text("color", call.style.color);
            if (call.forSharing === true) fields.set("forSharing", "1");
            const role = call.roleAssignment;
            if (isObject(role)) {
              if (Object.hasOwn(role, "allAccess")) fields.set("role", "all");
              else if (Number.isInteger(role.roleId)) fields.set("role", role.roleId);
            } else if (role === undefined) fields.set("role", "all");
            const open = call.unauthenticated;
            if (isObject(open)) {
              const dav = isObject(open.options) && open.options.dav;
              if (Array.isArray(dav)) fields.set("dav", dav.filter(v => typeof v === "string").join(" "));
              if (isObject(open.resources)) Object.entries(open.resources).slice(0, 32).forEach(([path, r], i) => {
                if (!isObject(r)) return;
                fields.set("path-" + i, path.startsWith("/") ? path : "/" + path);
                for (const name of ["type", "language", "encoding", "body"]) text(`${name}-${i}`, r[name]);
              });
            }
            let answer = { error: "The server cannot be reached." };
            try {
              answer = await (await fetch(`/sessions/${session}/offer`, { method: "POST", body: fields, headers: { Accept: "application/json" } })).json();
            } catch {}
            reply(answer.uri ? { rpcId: call.rpcId, uri: answer.uri } : { rpcId: call.rpcId, error: answer.error });
          };

          const reply = message => frame.contentWindow.postMessage(message, origin);
          const isObject = v => v !== null && typeof v === "object";
          const isBusy = () => !!$("dialog[open]") || !!$("details.menu[open]");

          // A page that opens the dialog over and over would keep people from the bar above it. So it opens it by itself once. After
          // that it does as long as a click or key in its frame counts with the browser (transient activation: five seconds), and
          // it is no click or key of ours that counts; otherwise the person is asked, beside the page.
          let wasOpened = false, isOpening = false, touched = -Infinity;
          const activationMilliseconds = 6000;
          for (const kind of ["pointerdown", "pointerup", "keydown", "touchend"]) {
            addEventListener(kind, e => { if (e.isTrusted) touched = performance.now(); }, true);
          }
          const isActing = () => navigator.userActivation?.isActive && performance.now() - touched > activationMilliseconds;
          const openNow = async open => {
            wasOpened = isOpening = true;
            tell("wanted", null);
            try { await open(); } finally { isOpening = false; }
          };
          const openForApp = (what, open) => {
            // The question stays as it is until it is answered: a moving button could not be hit.
            if (isBusy() || isOpening || notices.wanted && !isActing()) return;
            if (wasOpened && !isActing()) {
              postponed = open;
              tell("wanted", `${app} wants to ${what}.`);
            } else openNow(open);
          };
          const share = (what, path, place) => person
            ? openForApp(what, () => openSharing(path, place)) : tell("refused", "Only people who are logged in can share.");
          const calls = {
            setPath(path) {
              if (path === "") path = "/";
              const url = below(base, path);
              if (url && path.startsWith("/")) history.replaceState(null, "", url.pathname + url.search + url.hash);
            },
            setTitle(text) {
              // Without what controls something or turns the direction of text: a tab's name says what is behind it.
              if (typeof text === "string") {
                pageTitle = text.slice(0, 200).replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, " ");
                showTitle();
              }
            },
            getGrainTitle(_, message) {
              if (message.subscribe && subscribers.size < 16) subscribers.add(message.rpcId);
              reply({ rpcId: message.rpcId, grainTitle: given });
            },
            startSharing(where) {
              if (!isObject(where)) return;
              const text = (v, start) => typeof v === "string" && v.startsWith(start) ? v : "";
              const path = text(where.pathname, "/") + text(where.hash, "#");
              share("open the sharing dialog", path);
            },
            showConnectionGraph(_) {
              share("show who has access", "", "#share-who");
            },
            renderTemplate(call) {
              if (isObject(call)) offer(call);
            },
            powerboxRequest(call) {
              if (isObject(call)) reply({ rpcId: call.rpcId, error: "The powerbox is not available on this server." });
            },
            overlaySignin(call) {
              if (person || !isObject(call)) return;
              if (Object.hasOwn(call, "disable")) dialog.close(); else openForApp("ask you to log in", signIn);
            },
            // For grains on domains of their own, of which there are none.
            requestLogout() {},
            // Our own answers on the grain's host.
            barchanProblem() { loaded = true; alive(); },
            barchanShowLog() {
              tell("answer", `${app} did not answer as it should. Its log may say why.`);
              // Somebody who does something else keeps the focus.
              if (document.activeElement === frame) logLink.focus();
            },
          };
          addEventListener("message", e => {
            if (e.origin !== origin || e.source !== frame.contentWindow || !isObject(e.data)) return;
            const name = Object.keys(calls).find(name => Object.hasOwn(e.data, name));
            if (name) calls[name](e.data[name], e.data);
          });
        })();

        """#
}
