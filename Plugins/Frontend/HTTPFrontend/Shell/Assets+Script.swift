extension Assets {
    /// What every page does beyond plain HTML: menus that close, and the progress of an upload.
    static let scriptText = #"""
        "use strict";
        const fillDialog = (dialog, html) => {
          dialog.innerHTML = html;
          const close = document.createElement("button");
          close.type = "button"; close.className = "quiet close"; close.textContent = "Close";
          close.onclick = () => dialog.close();
          dialog.prepend(close);
        };
        (() => {
          const $ = (s, r = document) => r.querySelector(s);
          document.addEventListener("click", e => {
            for (const m of document.querySelectorAll("details.menu[open]")) if (!m.contains(e.target)) m.open = false;
          });
          // A click into a grain's frame is none in this page, but takes the focus away.
          addEventListener("blur", () => { for (const m of document.querySelectorAll("details.menu[open]")) m.open = false; });
          document.addEventListener("click", e => {
            const copy = e.target.closest && e.target.closest("[data-copy]");
            if (!copy) return;
            const field = document.getElementById(copy.dataset.copy);
            field.select();
            navigator.clipboard.writeText(field.value).then(() => { copy.textContent = "Copied"; }, () => {});
          });
          document.addEventListener("keydown", e => {
            if (e.key !== "Escape") return;
            for (const m of document.querySelectorAll("details.menu[open]")) { m.open = false; $("summary", m).focus(); }
          });

          // A form that leads on to where somebody was going: the place within the page is known to their browser only.
          document.addEventListener("submit", e => {
            if (e.target.matches("[data-hash]")) e.target.action = e.target.action.split("#")[0] + location.hash;
          });

          // A list that follows what is typed: the part of the same page with the new question.
          const find = $("form[data-find]");
          if (find) {
            let timer = 0, last = 0;
            const look = async () => {
              const url = find.getAttribute("action") + "?" + new URLSearchParams(new FormData(find)), turn = ++last;
              try {
                const answer = await fetch(url), text = await answer.text();
                const part = new DOMParser().parseFromString(text, "text/html").getElementById(find.dataset.find);
                if (turn !== last || !answer.ok || !part) return;
                document.getElementById(find.dataset.find).replaceWith(part);
                // Who does not see the list hears what has become of it.
                find.nextElementSibling.textContent = $("[data-summary]", part).textContent;
                history.replaceState(null, "", url);
              } catch { if (turn === last) find.submit(); }
            };
            find.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 150); });
            find.addEventListener("submit", e => { e.preventDefault(); clearTimeout(timer); look(); });
          }

          // What can be done with a grain: its page, over the list.
          const options = $("dialog.options");
          if (options) document.addEventListener("click", async e => {
            const link = e.target.closest && e.target.closest("a[data-options]");
            if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
            e.preventDefault();
            try {
              const answer = await fetch(link.href, { headers: { "X-Barchan-Part": "1" } });
              if (!answer.ok) throw answer;
              fillDialog(options, await answer.text());
              options.showModal();
            } catch { location = link.href; }
          });
          document.addEventListener("change", e => {
            if (!e.target.matches("[data-all]")) return;
            for (const box of document.querySelectorAll(".pick [name=grain]")) box.checked = e.target.checked;
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
            request.open("POST", form.action);
            request.setRequestHeader("Content-Type", "application/octet-stream");
            request.setRequestHeader("Accept", "application/json");
            request.setRequestHeader("X-Barchan-Nonce", form.elements.nonce.value);
            request.upload.onprogress = p => {
              const done = p.total ? 100 * p.loaded / p.total : 0;
              if (done < 100) { bar.value = done; say(`Uploading: ${Math.floor(done)} %`); }
              else { bar.removeAttribute("value"); say("Checking and unpacking…"); }
            };
            const fail = t => { say(t); box.classList.add("bad"); bar.hidden = true; form.querySelector("button").disabled = false; };
            request.onerror = () => fail("The upload was cut off. Try again.");
            request.onload = () => {
              let answer = {};
              try { answer = JSON.parse(request.responseText); } catch {}
              if (request.status === 200) location = answer.grain ? "/grain/" + answer.grain : answer.next;
              else fail(answer.error || `The server answered ${request.status}.`);
            };
            box.classList.remove("bad");
            bar.hidden = false;
            bar.value = 0;
            request.send(file);
          });
        })();

        """#
}
