extension Assets {
    /// Sand and ink; one accent. Everything is sized in rem so that a person's own text size counts.
    static let styleText = """
        :root {
          color-scheme: light dark;
          --ground: light-dark(#f7f3ec, #171411);
          --card: light-dark(#fffdf9, #211d19);
          --ink: light-dark(#2a241d, #ede6db);
          --soft: light-dark(#6b6053, #a89c8b);
          --line: light-dark(#e3d9c8, #3a332b);
          --accent: light-dark(#a44a22, #e79a68);
          --on-accent: light-dark(#fff, #2a160a);
          --good: light-dark(#3d6b35, #9ccb8d);
          --bad: light-dark(#a32a24, #f09a90);
          --wash: light-dark(#f1e8da, #2b2620);
          font: 100%/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
        }
        * { box-sizing: border-box; }
        html { background: var(--ground); color: var(--ink); -webkit-text-size-adjust: 100%; }
        body { margin: 0; min-height: 100vh; min-height: 100dvh; }
        h1, h2 { line-height: 1.2; letter-spacing: -.012em; text-wrap: balance; }
        h1 { font-size: 1.6rem; margin: 0 0 1rem; }
        h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
        p { margin: 0 0 .8rem; }
        a { color: var(--accent); text-underline-offset: .18em; }
        code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .875em; }
        code { overflow-wrap: anywhere; }
        img { display: block; flex: none; }
        ul { list-style: none; margin: 0; padding: 0; }
        [hidden] { display: none !important; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .3rem; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -99rem; padding: .6rem 1rem; background: var(--card); z-index: 9; }
        .skip:focus { left: 1rem; top: .5rem; }
        .soft { color: var(--soft); }
        .small { font-size: .875rem; }

        header.site { display: flex; align-items: center; gap: 1.25rem; padding: .7rem clamp(1rem, 4vw, 2.5rem); border-bottom: 1px solid var(--line); }
        .brand { display: flex; align-items: center; gap: .6rem; font-weight: 700; font-size: 1.1rem; color: inherit; text-decoration: none; }
        nav { display: flex; gap: .25rem; }
        nav a { padding: .4rem .75rem; border-radius: .5rem; color: var(--soft); text-decoration: none; font-weight: 550; }
        nav a:hover { background: var(--wash); }
        nav a[aria-current] { color: var(--ink); background: var(--wash); }
        .who { margin-left: auto; display: flex; align-items: center; gap: .5rem; min-width: 0; }
        .who .name { color: var(--soft); text-decoration: none; padding: .4rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

        main { max-width: 62rem; margin: 0 auto; padding: clamp(1.25rem, 4vw, 2.5rem) clamp(1rem, 4vw, 2.5rem) 4rem; }
        section { margin-bottom: 2.5rem; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: .9rem; padding: 1.25rem; }
        .lone { max-width: 34rem; margin: 8vh auto 0; padding: clamp(1.5rem, 5vw, 2.5rem); overflow-wrap: anywhere; }
        .lone > form + p { margin-top: .8rem; }
        .lone > :last-child { margin-bottom: 0; }
        .lone > img { display: block; margin-bottom: 1rem; }
        .lone > details + form { margin-top: 1rem; }
        .lone > form + form { margin-top: .5rem; }
        .lone > form + p { margin-top: 1rem; }

        button, .button, select, input:not([type=hidden], [type=file], [type=checkbox]) {
          font: inherit; min-height: 2.5rem; padding: .4rem .9rem; border-radius: .55rem; border: 1px solid var(--line);
          background: var(--card); color: inherit;
        }
        button, .button { display: inline-flex; align-items: center; justify-content: center; cursor: pointer; text-decoration: none; font-weight: 550; }
        button:hover, .button:hover { background: var(--wash); }
        button:disabled { opacity: .55; cursor: default; }
        .main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
        .main:hover { background: color-mix(in srgb, var(--accent) 86%, var(--ink)); }
        .quiet { background: none; border-color: transparent; color: var(--soft); }
        .danger { color: var(--bad); border-color: color-mix(in srgb, var(--bad) 40%, var(--line)); }
        button.danger { background: color-mix(in srgb, var(--bad) 9%, var(--card)); }
        .row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
        .row input[name=title] { flex: 1 1 9rem; min-width: 0; }

        .fields p { margin-bottom: .8rem; }
        .fields label, .made label { display: block; margin-bottom: .2rem; font-weight: 550; }
        .fields input:not([type=checkbox]), .fields select { width: 100%; max-width: 26rem; }
        .fields .check { display: flex; gap: .6rem; align-items: baseline; }
        .row > input { flex: 1 1 12rem; min-width: 0; }
        .row > select { min-width: 0; }
        h3 { font-size: 1rem; margin: 1.4rem 0 .6rem; }
        .face { border-radius: 22%; margin-bottom: .8rem; object-fit: cover; }
        .rows { margin-bottom: 1rem; }
        .rows > li, .grant { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; padding: .5rem 0; overflow-wrap: anywhere; }
        .rows > li + li { border-top: 1px solid var(--line); }
        .tree .tree { margin-left: .5rem; padding-left: 1rem; border-left: 2px solid var(--line); }
        dialog { width: min(40rem, 94vw); max-height: 90vh; overflow: auto; padding: clamp(1rem, 4vw, 2rem); color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .9rem; }
        dialog::backdrop { background: rgb(0 0 0 / .45); }
        .close { float: right; }
        .bar span.title { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

        .starters { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .8rem; }
        .starters form { height: 100%; }
        .starter { width: 100%; height: 100%; justify-content: flex-start; gap: .9rem; padding: .8rem 1rem; border-radius: .9rem; text-align: left; }
        .starter:hover { border-color: var(--accent); background: var(--card); }
        .starter span { min-width: 0; }
        .starter b { display: block; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
        .starter small { color: var(--soft); font-weight: 400; }
        .starter img, .app > img, .lone > img { border-radius: 22%; }

        .list { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card); border: 1px solid var(--line); border-radius: .9rem; }
        .list th, .list td { padding: .65rem 1rem; text-align: left; font-weight: 400; }
        .list thead th { font-size: .8125rem; color: var(--soft); padding-block: .55rem; }
        .list tbody > tr > * { border-top: 1px solid var(--line); }
        .list tbody th { width: 38%; }
        .list tbody th > a { display: flex; align-items: center; min-height: 1.75rem; gap: .75rem; color: inherit; font-weight: 600; text-decoration: none; overflow-wrap: anywhere; }
        .list tbody th a:hover { color: var(--accent); }
        .list img { border-radius: 22%; }
        .list td { color: var(--soft); }
        .list .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .list .actions { width: 1%; padding-left: 0; }

        .list thead a { color: inherit; text-decoration: none; }
        .list thead a:hover { text-decoration: underline; }
        .list [aria-sort=ascending] a::after { content: " ↑"; }
        .list [aria-sort=descending] a::after { content: " ↓"; }
        .list .what { display: flex; align-items: center; gap: .75rem; font-weight: 600; overflow-wrap: anywhere; }
        .facts { font-size: .9rem; }
        .facts th, .facts td { padding-inline: .7rem; }
        .facts tbody th { width: auto; min-width: 8rem; overflow-wrap: anywhere; }
        .facts td { overflow-wrap: break-word; }
        .facts td:last-child, .facts code { overflow-wrap: anywhere; }
        .facts code { display: inline-block; min-width: 11rem; }
        .list .acts { white-space: nowrap; }
        .list .acts .row { flex-wrap: nowrap; justify-content: flex-end; }
        .tags { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0 0 .8rem; }
        .list .tags { margin: .3rem 0 0 2.25rem; gap: .2rem .3rem; }
        .tags a, .list tbody th .tags a { display: inline-block; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .8125rem; font-weight: 400; line-height: 1.45; color: var(--soft); text-decoration: none; }
        .tags a:hover { background: var(--wash); }
        .tags a[aria-current] { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
        .tags .count { opacity: .8; }
        #found { margin-bottom: 2.5rem; }
        nav.sub { flex-wrap: wrap; margin: -.6rem 0 1.6rem -.75rem; }
        .figures dd { text-align: right; }
        .figures { grid-template-columns: 1fr max-content; font-variant-numeric: tabular-nums; }
        .log .warning { color: var(--accent); }
        .log .error { color: var(--bad); }
        .pick { width: 1%; }
        .list .pick + th { padding-left: 0; }
        input[type=checkbox] { width: 1.15rem; height: 1.15rem; margin: 0; vertical-align: middle; accent-color: var(--accent); }
        .several { position: sticky; bottom: 0; z-index: 4; margin-top: .8rem; padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .9rem; box-shadow: 0 .4rem 1.4rem rgb(0 0 0 / .18); }
        .several > input { flex: 0 1 12rem; }
        section:not(:has(.pick [name=grain]:checked)) > .several { display: none; }
        .more { display: grid; place-items: center; width: 2.5rem; height: 2.5rem; border-radius: .55rem; font-size: 1.2rem; color: inherit; text-decoration: none; }
        .more:hover { background: var(--wash); }
        .options > form { margin-bottom: .8rem; }
        .options .row input { flex: 1 1 9rem; min-width: 0; }
        .options label { display: block; margin-bottom: .2rem; }
        dialog.options { width: min(32rem, 94vw); }
        .options h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
        .find { margin-bottom: .8rem; }
        .pages { justify-content: center; }

        .state { display: inline-flex; align-items: center; gap: .45rem; white-space: nowrap; font-size: .9rem; color: var(--soft); }
        .state::before { content: ""; width: .55rem; height: .55rem; border-radius: 50%; background: var(--line); }
        .state.running::before { background: var(--good); }
        .state.starting::before { background: var(--accent); animation: pulse 1s infinite alternate; }
        .state.crashed { color: var(--bad); }
        .state.crashed::before { background: var(--bad); }
        @keyframes pulse { to { opacity: .25; } }

        .menu { position: relative; }
        .menu > summary { list-style: none; width: 2.5rem; height: 2.5rem; display: grid; place-items: center; border-radius: .55rem; cursor: pointer; font-size: 1.2rem; }
        .menu > summary::-webkit-details-marker { display: none; }
        .menu > summary:hover, .menu[open] > summary { background: var(--wash); }
        .menu > div { position: absolute; right: 0; z-index: 5; width: min(21rem, 86vw); display: grid; grid-template-columns: minmax(0, 1fr); gap: .6rem; padding: .8rem; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: .8rem; box-shadow: 0 .8rem 2.2rem rgb(0 0 0 / .22); }
        .menu > div > form:not(.row) > button, .menu .button { width: 100%; }
        .menu .row { flex-wrap: nowrap; }
        .menu .row button { flex: none; }
        .menu p { margin: 0; }

        .apps { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; margin-bottom: 2.5rem; }
        .app { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: .2rem 1.25rem; align-items: start; }
        .app > div { min-width: 0; }
        .app > details { grid-column: 2 / -1; }
        .app .make { display: flex; flex-wrap: wrap; gap: .5rem; justify-content: flex-end; }
        .app h2 { margin-bottom: .25rem; }
        .app p { margin-bottom: .4rem; }
        summary { cursor: pointer; }
        .app details > summary { color: var(--soft); font-size: .9rem; width: fit-content; }
        .app .confirm > summary { list-style: none; color: var(--bad); }
        .app .confirm form { margin-top: .8rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; font-size: .9rem; margin: .8rem 0; }
        dt { color: var(--soft); }
        dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
        .notice { padding: .8rem 1rem; border-radius: .7rem; border: 1px solid; overflow-wrap: anywhere; }
        .notice:not(p) { margin-bottom: 1.25rem; }
        .notice small { display: block; }
        .good { color: var(--good); background: color-mix(in srgb, var(--good) 9%, var(--card)); }
        .bad { color: var(--bad); background: color-mix(in srgb, var(--bad) 8%, var(--card)); }
        input[type=file] { flex: 1 1 14rem; min-width: 0; font: inherit; }
        input[type=file]::file-selector-button { font: inherit; min-height: 2.5rem; padding: .4rem .9rem; margin-right: .8rem; border-radius: .55rem; border: 1px solid var(--line); background: var(--wash); color: inherit; }
        .upload { margin-top: 1rem; padding: .5rem 0; border-radius: .6rem; }
        .upload.bad { padding: .7rem 1rem; }
        progress { width: 100%; height: .6rem; accent-color: var(--accent); display: block; margin-bottom: .4rem; }
        .log { background: var(--card); border: 1px solid var(--line); border-radius: .9rem; padding: 1rem; overflow: auto; max-height: 70vh; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; }

        body.page-grain { display: flex; flex-direction: column; height: 100vh; height: 100dvh; overflow: hidden; }
        .bar { display: flex; align-items: center; gap: .6rem; padding: .3rem .6rem; border-bottom: 1px solid var(--line); background: var(--card); }
        .bar .title { flex: 1; display: flex; gap: .3rem; min-width: 0; }
        .bar .title input:not([type=hidden]) { flex: 1 1 auto; min-width: 0; max-width: 30rem; border-color: transparent; background: none; font-weight: 600; text-overflow: ellipsis; min-height: 2.2rem; }
        .bar .title input:hover { border-color: var(--line); }
        .bar .title input:focus { border-color: var(--accent); background: var(--ground); }
        .bar .title button { display: none; min-height: 2.2rem; }
        .bar .title:focus-within button { display: inline-flex; }
        .problem { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; padding: .6rem 1rem; border-bottom: 1px solid var(--line); color: var(--bad); background: color-mix(in srgb, var(--bad) 8%, var(--card)); }
        .problem p { margin: 0; flex: 1 1 16rem; overflow-wrap: anywhere; }
        .stage { position: relative; flex: 1; min-height: 0; background: #fff; }
        .stage iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; background: #fff; color-scheme: light; }
        .waiting { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: .4rem; background: var(--ground); }
        .waiting p { margin: 0; color: var(--soft); }
        .dune { display: flex; gap: .5rem; margin-bottom: .6rem; }
        .dune i { width: .8rem; height: .8rem; border-radius: 50%; background: var(--accent); animation: pulse .7s infinite alternate; }
        .dune i:nth-child(2) { animation-delay: .2s; }
        .dune i:nth-child(3) { animation-delay: .4s; }

        @media (max-width: 44rem) {
          header.site { flex-wrap: wrap; gap: .3rem .5rem; padding-inline: .8rem; }
          header.site nav { order: 1; width: 100%; }
          header.site nav a { padding-inline: .6rem; }
          header.site .brand { font-size: 0; gap: 0; }
          .list, .list tbody, .list tr, .list th, .list td { display: block; }
          .list { background: none; border: 0; }
          .list thead { display: none; }
          .list tbody tr { position: relative; background: var(--card); border: 1px solid var(--line); border-radius: .9rem; padding: .8rem 1rem; margin-bottom: .7rem; }
          .list tbody > tr > * { border: 0; }
          .list th, .list td { padding: 0; }
          .list tbody th { width: auto; padding-right: 2.6rem; margin-bottom: .4rem; }
          .list td:not(.actions) { display: inline; font-size: .9rem; }
          .list td[data-name]:not(:has(+ .actions), :has(+ .acts), :last-child)::after { content: " · "; color: var(--soft); }
          .list.facts td[data-name] { display: block; text-align: left; white-space: normal; }
          .list.facts td[data-name]::after { content: none; }
          .list.facts td:empty { display: none; }
          .list.facts td[data-name]::before { content: attr(data-name) ": "; }
          .list .acts { margin-top: .5rem; }
          .list .acts .row { justify-content: flex-start; }
          .list .actions { position: absolute; top: .3rem; right: .4rem; width: auto; }
          .list .pick { position: absolute; top: .95rem; left: 1rem; width: auto; }
          .list tbody .pick + th { padding-left: 2.1rem; }
          .list .pick + th ~ td { margin-left: 0; }
          .app { grid-template-columns: auto minmax(0, 1fr); column-gap: 1rem; }
          .app .make { grid-column: 1 / -1; justify-content: stretch; margin: .6rem 0 .4rem; }
          .app .make form { flex: 1; }
          .app .make button { width: 100%; }
          .app > details { grid-column: 1 / -1; }
          dl { grid-template-columns: minmax(0, 1fr); }
          dd { margin-bottom: .5rem; }
        }
        @media (scripting: none) { [data-all] { display: none; } }
        @media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
        @media (forced-colors: active) { .state::before { forced-color-adjust: none; } }

        """
}
