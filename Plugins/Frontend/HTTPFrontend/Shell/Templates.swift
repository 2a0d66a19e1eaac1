import Barchan
import HTTP1
import Mustache

/// The pages' texts. Every value is escaped; the two triple braces take what was rendered here already.
enum Templates {
    static func library() throws(HostError) -> MustacheLibrary {
        MustacheContentTypes.register(ScalarHTML(), named: "SCALARHTML")
        var library = MustacheLibrary()
        do {
            for (name, text) in [all, grainLists, administration, people, sharing].joined() {
                try library.register("{{% CONTENT_TYPE: SCALARHTML}}\n" + text, named: name)
            }
        } catch {
            throw HostError(.failed, "read the page templates: \(error)")
        }
        return library
    }

    private static let all = [
        "layout": layout, "welcome": welcome, "login": login, "apps": apps, "grain": grain, "log": log,
        "remove": remove, "error": error, "offers": offers, "upgrade": upgrade, "version": version,
        "profile-fields": profileFields,
    ]

    private static let layout = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{title}}</title>
        <link rel="icon" href="{{icon}}" type="image/svg+xml">
        <link rel="stylesheet" href="{{style}}">
        <script src="{{script}}" defer></script>
        </head>
        <body class="page-{{kind}}">
        {{^isGrain}}
        <a class="skip" href="#main">Skip to the content</a>
        <header class="site">
        <a class="brand" href="/"><img src="{{icon}}" alt="" width="28" height="28">Barchan</a>
        {{#person}}
        <nav aria-label="Main">
        <a href="/"{{#atGrains}} aria-current="page"{{/atGrains}}>Grains</a>
        <a href="/apps"{{#atApps}} aria-current="page"{{/atApps}}>Apps</a>
        {{#isAdministrator}}<a href="/admin"{{#atAdmin}} aria-current="{{#isAdminHome}}page{{/isAdminHome}}{{^isAdminHome}}true{{/isAdminHome}}"{{/atAdmin}}>Administration</a>{{/isAdministrator}}
        </nav>
        <form method="post" action="/logout" class="who">
        <input type="hidden" name="nonce" value="{{nonce}}">
        <a class="name" href="/account" aria-label="Your account, {{name}}">{{name}}</a>
        <button class="quiet">Log out</button>
        </form>
        {{/person}}
        </header>
        <main id="main">
        {{/isGrain}}
        {{{body}}}
        {{^isGrain}}</main>{{/isGrain}}
        </body>
        </html>

        """

    private static let welcome = """
        <div class="card lone">
        <h1>Welcome to Barchan</h1>
        <p>You are not logged in on this browser. Open the login link you were given; each link works once.</p>
        {{#hasMail}}{{> mail-login}}{{/hasMail}}
        <p class="soft">You run this server? It prints a link when it starts.</p>
        </div>
        """

    private static let login = """
        <div class="card lone">
        <h1>Log in to Barchan</h1>
        <p>This link logs this browser in. It works once.</p>
        <form method="post" action="/login/{{token}}"><button class="main" autofocus>Log in</button></form>
        </div>
        """

    private static let apps = """
        {{>offers}}
        {{#notice}}<p class="notice good" role="status">{{notice}} <small>App id <code>{{app}}</code></small></p>{{/notice}}
        {{#problem}}<p class="notice bad" role="alert">{{problem}}</p>{{/problem}}
        <h1>Apps</h1>
        {{#hasApps}}
        <ul class="apps">
        {{#apps}}
        <li class="card app">
        <img src="{{icon}}" alt="" width="56" height="56">
        <div>
        <h2>{{title}}</h2>
        <p class="soft">{{summary}}</p>
        <p class="soft small">{{#version}}Version {{version}}{{/version}}{{#author}} · {{author}} ({{authorState}}){{/author}} · {{size}}</p>
        {{#changes}}<details><summary>What is new{{#version}} in {{version}}{{/version}}</summary><pre class="log" tabindex="0" role="region" aria-label="What is new in {{title}}">{{changes}}</pre></details>{{/changes}}
        </div>
        <div class="make">
        {{#actions}}
        <form method="post" action="/grains"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="package" value="{{package}}"><input type="hidden" name="action" value="{{index}}"><button class="main" aria-label="{{label}}">Create{{#isOneOfMany}} {{noun}}{{/isOneOfMany}}</button></form>
        {{/actions}}
        </div>
        <details><summary>About this app</summary>
        <dl>
        <dt>App id</dt><dd><code>{{app}}</code></dd>
        <dt>Package id</dt><dd><code>{{package}}</code></dd>
        {{#proof}}<dt>Author’s proof</dt><dd>{{proof}}</dd>{{/proof}}
        {{#website}}<dt>Website</dt><dd><a href="{{website}}" rel="noreferrer">{{website}}</a></dd>{{/website}}
        {{#source}}<dt>Source code</dt><dd><a href="{{source}}" rel="noreferrer">{{source}}</a></dd>{{/source}}
        </dl>
        {{#isAdministrator}}
        <details class="confirm"><summary class="button danger">Remove…</summary>
        <form method="post" action="/apps/{{app}}/remove"><input type="hidden" name="nonce" value="{{nonce}}"><p>Nobody can make new grains of {{title}} then. The grains there are go on.</p><button class="danger">Remove {{title}}</button></form>
        </details>
        {{/isAdministrator}}
        </details>
        </li>
        {{/apps}}
        </ul>
        {{/hasApps}}
        {{^hasApps}}<p class="card soft">No apps are installed.</p>{{/hasApps}}
        {{#hasUninstalled}}
        <section class="card" aria-labelledby="uninstalled">
        <h2 id="uninstalled">Uninstalled</h2>
        <p class="soft">A package of one of these apps, installed, takes it back.</p>
        <ul>{{#uninstalled}}<li>{{title}} <span class="soft">{{text}}</span></li>{{/uninstalled}}</ul>
        </section>
        {{/hasUninstalled}}
        {{#isAdministrator}}
        <section class="card" aria-labelledby="install">
        <h2 id="install">Install an app</h2>
        <p class="soft">An app comes as one file that ends in <code>.spk</code>. Its signature is checked before anything of it is used.</p>
        <form method="post" action="/apps/install" enctype="multipart/form-data" class="row" data-upload>
        <input type="hidden" name="nonce" value="{{nonce}}">
        <label class="hidden" for="file">Package file</label>
        <input type="file" id="file" name="file" accept=".spk" required>
        <button class="main">Install</button>
        </form>
        <div class="upload" hidden><progress max="100" value="0" aria-label="Upload"></progress><span role="status"></span></div>
        </section>
        {{/isAdministrator}}
        """

    private static let grain = """
        <header class="bar" data-grain="{{id}}" data-session="{{session}}" data-secret="{{secret}}" data-nonce="{{nonce}}" data-origin="{{origin}}" data-title="{{title}}" data-given="{{given}}" data-app="{{app}}" data-package="{{package}}" data-base="{{base}}"{{#isOwned}} data-owned="1"{{/isOwned}}{{#person}} data-person="1"{{/person}}>
        <a class="brand" href="/" aria-label="Your grains"><img src="{{icon}}" alt="" width="26" height="26"></a>
        {{^isOwned}}<span class="title">{{title}}</span>{{/isOwned}}
        {{#isOwned}}
        <form method="post" action="/grains/{{id}}/rename" class="title">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="back" value="grain">
        <label class="hidden" for="title">Title</label>
        <input id="title" name="title" value="{{title}}" maxlength="200" required autocomplete="off">
        <button class="quiet">Rename</button>
        </form>
        {{/isOwned}}
        <span class="state {{state}}" role="status">{{stateText}}</span>
        {{#hasExceptions}}
        <details class="menu"><summary aria-label="Exceptions" title="Exceptions">⚠</summary><div>
        <p>The settings of this server let pages of {{app}} do more than others. They may:</p>
        <ul>{{#exceptions}}<li>{{.}}</li>{{/exceptions}}</ul>
        </div></details>
        {{/hasExceptions}}
        {{#person}}<a class="button" href="/grains/{{id}}/sharing" data-share>Share</a>{{/person}}
        {{^person}}<span class="soft">Anonymous</span>{{/person}}
        {{#isOwned}}
        <details class="menu"><summary aria-label="More">⋯</summary><div>
        <p class="soft small">{{app}} {{version}}</p>
        <a class="button" href="/grains/{{id}}/log">Log</a>
        <form method="post" action="/grains/{{id}}/backup"><input type="hidden" name="nonce" value="{{nonce}}"><button>Download backup</button></form>
        <a class="button" href="/grains/{{id}}/version">Version</a>
        <form method="post" action="/grains/{{id}}/stop"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="back" value="grain"><button>Restart</button></form>
        <form method="post" action="/grains/{{id}}/stop"><input type="hidden" name="nonce" value="{{nonce}}"><button>Stop and close</button></form>
        <form method="post" action="/grains/{{id}}/trash"><input type="hidden" name="nonce" value="{{nonce}}"><button class="danger">Move to the trash</button></form>
        </div></details>
        {{/isOwned}}
        </header>
        <dialog class="share" aria-labelledby="share-title"></dialog>
        <div class="problem" role="alert" hidden><p></p><a class="button" href="/grains/{{id}}/log">Show the log</a><button type="button" data-again>Start again</button></div>
        <div class="stage">
        <noscript><iframe src="{{frame}}" sandbox="{{sandbox}}" allow="{{allow}}" referrerpolicy="no-referrer" title="{{title}}"></iframe></noscript>
        <div class="waiting" hidden><div class="dune"><i></i><i></i><i></i></div><p role="status">Starting {{app}}…</p>{{#isOwned}}<p><a href="/grains/{{id}}/log">Log</a></p>{{/isOwned}}</div>
        </div>
        """

    private static let log = """
        <p><a href="/grain/{{id}}">← Back to {{title}}</a></p>
        <h1>Log of {{title}}</h1>
        {{#problem}}<p class="notice bad">{{problem}}</p>{{/problem}}
        {{#isEmpty}}<p class="card soft">The app has printed nothing yet.</p>{{/isEmpty}}
        {{^isEmpty}}<p class="soft">What the app printed, the newest last. <a href="#end">To the end</a> · <a href="">Reload</a></p>
        <pre class="log" tabindex="0">{{text}}</pre><a id="end"></a>{{/isEmpty}}
        """

    private static let remove = """
        <div class="card lone">
        <h1>Delete “{{title}}”?</h1>
        <p>All that is in it, {{size}}, is gone for good. This cannot be undone.</p>
        <form method="post" action="/grains/{{id}}/remove" class="row"><input type="hidden" name="nonce" value="{{nonce}}">
        <button class="danger">Delete for good</button><a class="button" href="{{back}}">Keep it</a></form>
        </div>
        """

    private static let error = """
        <div class="card lone">
        <h1>{{heading}}</h1>
        <p>{{message}}</p>
        {{#isInTrash}}<p><a href="/trash">To your trash</a></p>{{/isInTrash}}
        <p><a href="/">To your grains</a></p>
        <p class="soft small">{{status}}</p>
        </div>
        """
}

/// Escapes scalar by scalar. The library's own escaping goes by characters, and a quote with an accent is another
/// character to it, but still a quote to a browser.
struct ScalarHTML: MustacheContentType {
    func escapeText(_ text: String) -> String { HTMLText.escaped(text) }
}
