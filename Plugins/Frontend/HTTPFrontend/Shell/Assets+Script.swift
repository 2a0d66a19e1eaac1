extension Assets {
    /// What the pages do beyond plain HTML: the bar around a grain, and progress of an upload.
    static let scriptText = #"""
        "use strict";
        (() => {
          const $ = (s, r = document) => r.querySelector(s);
          document.addEventListener("click", e => {
            for (const m of document.querySelectorAll("details.menu[open]")) if (!m.contains(e.target)) m.open = false;
          });
          document.addEventListener("keydown", e => {
            if (e.key !== "Escape") return;
            for (const m of document.querySelectorAll("details.menu[open]")) { m.open = false; $("summary", m).focus(); }
          });

          // Upload with progress; without this script the form works as it is.
          const form = $("form[data-upload]");
          if (form) form.addEventListener("submit", e => {
            const file = form.elements.file.files[0];
            if (!file) return;
            e.preventDefault();
            const box = $(".upload"), bar = $("progress", box), say = t => { $("span", box).textContent = t; };
            box.hidden = false;
            form.querySelector("button").disabled = true;
            const request = new XMLHttpRequest();
            request.open("POST", "/apps/install");
            request.setRequestHeader("Content-Type", "application/octet-stream");
            request.setRequestHeader("Accept", "application/json");
            request.setRequestHeader("X-Barchan-Nonce", form.elements.nonce.value);
            request.upload.onprogress = p => {
              const done = p.total ? 100 * p.loaded / p.total : 0;
              if (done < 100) { bar.value = done; say(`Uploading: ${Math.floor(done)} %`); }
              else { bar.removeAttribute("value"); say("Checking the signature and unpacking…"); }
            };
            const fail = t => { say(t); box.classList.add("bad"); bar.hidden = true; form.querySelector("button").disabled = false; };
            request.onerror = () => fail("The upload was cut off. Try again.");
            request.onload = () => {
              let answer = {};
              try { answer = JSON.parse(request.responseText); } catch {}
              if (request.status === 200) location = "/apps?installed=" + answer.package;
              else fail(answer.error || `The server answered ${request.status}.`);
            };
            box.classList.remove("bad");
            bar.hidden = false;
            bar.value = 0;
            request.send(file);
          });

          // The bar around a grain.
          const bar = $("header.bar");
          if (!bar) return;
          const { grain, session, secret, nonce, origin } = bar.dataset;
          let title = bar.dataset.title, pageTitle = "", loaded = false, closed = false, timer = 0;
          const frame = $("iframe"), badge = $(".state", bar), starting = $(".waiting"), problem = $(".problem");
          const opened = Date.now();

          const body = () => new URLSearchParams({ nonce, secret });
          const showTitle = () => { document.title = (pageTitle && pageTitle !== title ? pageTitle + " · " : "") + title + " · Barchan"; };
          const showProblem = text => { $("p", problem).textContent = text; problem.hidden = false; };
          problem.querySelector("[data-reload]").onclick = () => location.reload();

          const show = answer => {
            badge.className = "state " + answer.state;
            badge.textContent = answer.text;
            if (answer.state === "crashed") showProblem(answer.reason || "The app ended unexpectedly.");
            else if (answer.state === "running" && loaded) problem.hidden = true;
            starting.hidden = loaded || answer.state === "crashed" || Date.now() - opened < 400;
          };
          const gone = () => {
            closed = true;
            badge.className = "state stopped";
            badge.textContent = "closed";
            // Laptops sleep, and sessions end meanwhile: come back without asking, but never in a loop.
            if (!document.hidden && Date.now() - opened > 10000) location.reload();
            else showProblem("This page was closed meanwhile.");
          };
          const alive = async () => {
            clearTimeout(timer);
            try {
              const answer = await fetch(`/sessions/${session}/alive`, { method: "POST", body: body(), headers: { Accept: "application/json" } });
              if (answer.status === 410) return gone();
              if (answer.ok) show(await answer.json());
            } catch { badge.className = "state stopped"; badge.textContent = "offline"; }
            if (!closed) timer = setTimeout(alive, loaded ? 25000 : 700);
          };
          frame.addEventListener("load", () => { loaded = true; starting.hidden = true; alive(); });
          setTimeout(alive, 300);
          document.addEventListener("visibilitychange", () => { if (!document.hidden) closed ? gone() : alive(); });
          addEventListener("pagehide", () => { navigator.sendBeacon(`/sessions/${session}/close`, body()); closed = true; });
          addEventListener("pageshow", e => { if (e.persisted) location.reload(); });

          const rename = $("form.title");
          rename.addEventListener("submit", async e => {
            e.preventDefault();
            const wanted = rename.elements.title.value.trim();
            const answer = await fetch(rename.action, { method: "POST", body: new URLSearchParams({ nonce, title: wanted }), headers: { Accept: "application/json" } });
            if (answer.ok) { title = wanted; showTitle(); rename.elements.title.blur(); tellTitle(); }
            else showProblem((await answer.json().catch(() => ({}))).error || "The title could not be changed.");
          });
          rename.elements.title.addEventListener("keydown", e => {
            if (e.key === "Escape") { rename.elements.title.value = title; rename.elements.title.blur(); }
          });

          // What the app's page may ask of us. Only its own top frame is listened to.
          const subscribers = new Set();
          const reply = message => frame.contentWindow.postMessage(message, origin);
          const tellTitle = () => { for (const rpcId of subscribers) reply({ rpcId, grainTitle: title }); };
          addEventListener("message", e => {
            if (e.origin !== origin || e.source !== frame.contentWindow) return;
            const ask = e.data;
            if (ask === null || typeof ask !== "object") return;
            const has = k => Object.prototype.hasOwnProperty.call(ask, k);
            if (has("setPath")) {
              const path = ask.setPath === "" ? "/" : ask.setPath;
              if (typeof path === "string" && path.startsWith("/") && path.length < 4000 && !/[\u0000-\u0020\\]/.test(path))
                history.replaceState(null, "", `/grain/${grain}${path}`);
            } else if (has("setTitle")) {
              if (typeof ask.setTitle === "string") { pageTitle = ask.setTitle.slice(0, 200); showTitle(); }
            } else if (has("getGrainTitle")) {
              if (ask.subscribe && subscribers.size < 16) subscribers.add(ask.rpcId);
              reply({ rpcId: ask.rpcId, grainTitle: title });
            } else if (has("barchanProblem")) {
              loaded = true;
              alive();
            } else if (has("barchanShowLog")) {
              showProblem("The app did not answer as it should. Its log may say why.");
              $("a", problem).focus();
            } else {
              for (const key of ["powerboxRequest", "renderTemplate", "startSharing", "showConnectionGraph", "overlaySignin", "requestLogout"]) {
                if (!has(key)) continue;
                const rpcId = (ask[key] && ask[key].rpcId) ?? ask.rpcId;
                reply({ rpcId, error: `${key} is not available here` });
              }
            }
          });
        })();

        """#
}
