/// The texts of the lists of grains.
extension Templates {
    static let grainLists = ["grains": grains, "grain-rows": grainRows, "restore-backup": restoreBackup]

    private static let grains = """
        <h1 class="hidden">Grains</h1>
        {{> offers}}
        {{#mayCreate}}
        <section aria-labelledby="new">
        <h2 id="new">Make something new</h2>
        {{#hasApps}}
        <ul class="starters">
        {{#apps}}{{#actions}}
        <li><form method="post" action="/grains">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="package" value="{{package}}"><input type="hidden" name="action" value="{{index}}">
        <button class="starter"><img src="{{icon}}" alt="" width="40" height="40"><span><b>{{title}}</b><small>{{app}}</small></span></button>
        </form></li>
        {{/actions}}{{/apps}}
        </ul>
        {{/hasApps}}
        {{^hasApps}}
        <p class="card soft">There are no apps yet. {{#isAdministrator}}<a href="/apps">Install the first one.</a>{{/isAdministrator}}{{^isAdministrator}}An administrator has to install one.{{/isAdministrator}}</p>
        {{/hasApps}}
        </section>
        {{/mayCreate}}
        {{#hasAny}}
        <form class="row find" role="search" action="/" data-find="found">
        <label class="hidden" for="q">Search your grains</label>
        <input id="q" name="q" type="search" value="{{text}}" maxlength="100" placeholder="Title or app" autocomplete="off">
        <label class="hidden" for="sort">Order</label>
        <select id="sort" name="sort">{{#orders}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/orders}}</select>
        <button>Search</button>
        </form>
        <p class="hidden" role="status"></p>
        {{/hasAny}}
        <div id="found">
        {{#hasAny}}<p class="soft small"><span data-summary>{{summary}}</span>{{^isEverything}} · <a href="{{everything}}">Show all</a>{{/isEverything}}</p>{{/hasAny}}
        {{#showsOwn}}
        <section aria-labelledby="yours">
        <h2 id="yours">Your grains</h2>
        {{#hasGrains}}{{> grain-rows}}{{/hasGrains}}
        {{^hasAny}}<p class="card soft">Nothing here yet. A grain is one document: one wiki, one repository, one board, each in a box of its own.</p>{{/hasAny}}
        </section>
        {{/showsOwn}}
        {{#hasShared}}
        <section aria-labelledby="shared">
        <h2 id="shared">Shared with you</h2>
        <table class="list">
        <thead><tr><th scope="col">Title</th><th scope="col">App</th><th scope="col">Last used</th></tr></thead>
        <tbody>
        {{#shared}}
        <tr><th scope="row"><a href="/grain/{{id}}"><img src="{{icon}}" alt="" width="24" height="24">{{title}}</a></th><td data-name="App">{{app}}</td><td data-name="Last used">{{used}}</td></tr>
        {{/shared}}
        </tbody>
        </table>
        </section>
        {{/hasShared}}
        {{#isPaged}}
        <nav class="row pages" aria-label="Pages of the list">
        {{#previous}}<a class="button" href="{{previous}}">Previous</a>{{/previous}}
        <span class="soft">Page {{page}} of {{pages}}</span>
        {{#next}}<a class="button" href="{{next}}">Next</a>{{/next}}
        </nav>
        {{/isPaged}}
        </div>
        {{#mayCreate}}{{> restore-backup}}{{/mayCreate}}
        """

    private static let grainRows = """
        <table class="list">
        <thead><tr>{{#columns}}<th scope="col"{{#isNumber}} class="number"{{/isNumber}}{{#direction}} aria-sort="{{direction}}"{{/direction}}>{{#link}}<a href="{{link}}">{{text}}</a>{{/link}}{{^link}}{{text}}{{/link}}</th>{{/columns}}<th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody>
        {{#grains}}
        <tr>
        <th scope="row"><a href="/grain/{{id}}"><img src="{{icon}}" alt="" width="24" height="24">{{title}}</a></th>
        <td data-name="App">{{app}}</td>
        <td data-name="State"><span class="state {{state}}">{{stateText}}</span></td>
        <td data-name="Size" class="number">{{size}}</td>
        <td data-name="Last used">{{used}}</td>
        <td class="actions"><details class="menu"><summary aria-label="More about {{title}}">⋯</summary><div>
        <form method="post" action="/grains/{{id}}/rename" class="row"><input type="hidden" name="nonce" value="{{nonce}}"><label class="hidden" for="t-{{id}}">New title</label><input id="t-{{id}}" name="title" value="{{title}}" maxlength="200" required><button>Rename</button></form>
        <a class="button" href="/grains/{{id}}/log">Log</a>
        <form method="post" action="/grains/{{id}}/backup"><input type="hidden" name="nonce" value="{{nonce}}"><button>Download backup</button></form>
        <a class="button" href="/grains/{{id}}/version">Version</a>
        {{#isUp}}<form method="post" action="/grains/{{id}}/stop"><input type="hidden" name="nonce" value="{{nonce}}"><button>Stop</button></form>{{/isUp}}
        <a class="button danger" href="/grains/{{id}}/remove">Delete…</a>
        </div></details></td>
        </tr>
        {{/grains}}
        </tbody>
        </table>
        """

    private static let restoreBackup = """
        <section class="card" aria-labelledby="restore">
        <h2 id="restore">Restore a backup</h2>
        <p class="soft">A backup comes as one file that ends in <code>.zip</code>. It becomes a new grain of yours; its app has to be installed.</p>
        <form method="post" action="/grains/restore" enctype="multipart/form-data" class="row" data-upload>
        <input type="hidden" name="nonce" value="{{nonce}}">
        <label class="hidden" for="file">Backup file</label>
        <input type="file" id="file" name="file" accept=".zip" required>
        <button>Restore</button>
        </form>
        <div class="upload" hidden><progress max="100" value="0" aria-label="Upload"></progress><span role="status"></span></div>
        </section>
        """
}
