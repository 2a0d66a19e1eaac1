/// The texts of the pages for administrators.
extension Templates {
    static let administration = [
        "admin-nav": navigation, "usage": usage, "packages": packages, "limits": limits, "host-log": hostLog,
        "audit": audit, "page-links": pageLinks,
    ]

    private static let navigation = """
        <nav class="sub" aria-label="Administration">{{#places}}<a href="{{path}}"{{#isHere}} aria-current="page"{{/isHere}}>{{text}}</a>{{/places}}</nav>
        """

    private static let pageLinks = """
        {{#isPaged}}
        <nav class="row pages" aria-label="Pages of the list">
        {{#previous}}<a class="button" href="{{previous}}">Previous</a>{{/previous}}
        <span class="soft">Page {{page}} of {{pages}}</span>
        {{#next}}<a class="button" href="{{next}}">Next</a>{{/next}}
        </nav>
        {{/isPaged}}
        """

    private static let usage = """
        {{> admin-nav}}
        <h1>Usage</h1>
        <form class="row find" role="search" action="/admin" data-find="found">
        <label class="hidden" for="q">Search all grains</label>
        <input id="q" name="q" type="search" value="{{text}}" maxlength="100" placeholder="Title, app or owner" autocomplete="off">
        <button>Search</button>
        </form>
        <p class="hidden" role="status"></p>
        <div id="found">
        <p class="soft small"><span data-summary>{{summary}}</span></p>
        {{#hasGrains}}
        <table class="list facts">
        <thead><tr><th scope="col">Title</th><th scope="col">Owner</th><th scope="col">App</th><th scope="col">State</th><th scope="col" class="number">Memory</th><th scope="col" class="number">Processes</th><th scope="col" class="number">Processor</th><th scope="col" class="number">Disk</th></tr></thead>
        <tbody>
        {{#grains}}
        <tr><th scope="row">{{title}}</th><td data-name="Owner">{{owner}}</td><td data-name="App">{{app}}</td><td data-name="State"><span class="state {{state}}">{{stateText}}</span></td><td data-name="Memory" class="number">{{memory}}</td><td data-name="Processes" class="number">{{processes}}</td><td data-name="Processor" class="number">{{processor}}</td><td data-name="Disk" class="number">{{size}}</td></tr>
        {{/grains}}
        </tbody>
        </table>
        {{/hasGrains}}
        {{^hasGrains}}<p class="card soft">No grains.</p>{{/hasGrains}}
        {{> page-links}}
        </div>
        <section aria-labelledby="figures">
        <h2 id="figures">The host itself</h2>
        <dl class="card figures">{{#figures}}<dt>{{text}}</dt><dd>{{value}}</dd>{{/figures}}</dl>
        </section>
        """

    private static let packages = """
        {{> admin-nav}}
        <h1>Packages</h1>
        <p class="soft">New versions are installed and answered for on the page <a href="/apps">Apps</a>. A version that no grain needs goes by itself.</p>
        {{#hasPackages}}
        <table class="list facts">
        <thead><tr><th scope="col">App</th><th scope="col">Version</th><th scope="col">State</th><th scope="col" class="number">Grains</th><th scope="col" class="number">Size</th><th scope="col">Package</th></tr></thead>
        <tbody>
        {{#packages}}
        <tr><th scope="row"><span class="what"><img src="{{icon}}" alt="" width="24" height="24">{{title}}</span></th><td data-name="Version">{{version}}</td><td data-name="State">{{#question}}<a href="{{question}}">{{state}}</a>{{/question}}{{^question}}{{state}}{{/question}}</td><td data-name="Grains" class="number">{{grains}}</td><td data-name="Size" class="number">{{size}}</td><td data-name="Package"><code>{{package}}</code></td></tr>
        {{/packages}}
        </tbody>
        </table>
        {{/hasPackages}}
        {{^hasPackages}}<p class="card soft">No apps are installed.</p>{{/hasPackages}}
        """

    private static let limits = """
        {{> admin-nav}}
        <h1>Limits</h1>
        <p class="soft">In force since the host was started, under the names they have in <code>[limits]</code> of its configuration. Those of one grain: <code>barchan grain limits</code>.</p>
        <table class="list">
        <thead><tr><th scope="col">Limit</th><th scope="col" class="number">Value</th></tr></thead>
        <tbody>
        {{#limits}}<tr><th scope="row"><code>{{name}}</code></th><td data-name="Value" class="number">{{value}}</td></tr>
        {{/limits}}
        </tbody>
        </table>
        """

    private static let hostLog = """
        {{> admin-nav}}
        <h1>Log of the host</h1>
        {{#isEmpty}}<p class="card soft">Nothing yet.</p>{{/isEmpty}}
        {{^isEmpty}}<p class="soft">The newest lines, the newest last. <a href="#end">To the end</a> · <a href="/admin/log">Reload</a></p>
        <pre class="log" tabindex="0" role="region" aria-label="Log of the host">{{#lines}}{{time}} <b class="{{level}}">{{level}}</b> {{message}}
        {{/lines}}</pre><p id="end" class="soft small">Everything else is where the host’s log goes: the journal, or its standard error.</p>{{/isEmpty}}
        """

    private static let audit = """
        {{> admin-nav}}
        <h1>Audit</h1>
        <p class="soft">Who gave or took access, and what administrators did, the newest first.</p>
        {{#hasEntries}}
        <table class="list facts">
        <thead><tr><th scope="col">Time</th><th scope="col">Who</th><th scope="col">Did</th><th scope="col">To</th><th scope="col">More</th></tr></thead>
        <tbody>
        {{#entries}}
        <tr><th scope="row">{{time}}</th><td data-name="Who">{{actor}}</td><td data-name="Did">{{act}}</td><td data-name="To"><code>{{object}}</code></td><td data-name="More">{{detail}}</td></tr>
        {{/entries}}
        </tbody>
        </table>
        {{/hasEntries}}
        {{^hasEntries}}<p class="card soft">Nothing{{#isOlder}} older{{/isOlder}}.</p>{{/hasEntries}}
        {{#older}}<p><a class="button" href="/admin/audit?older={{older}}">Older</a></p>{{/older}}
        """
}
