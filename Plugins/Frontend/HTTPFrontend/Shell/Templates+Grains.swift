/// The texts of the lists of grains.
extension Templates {
    static let grainLists = [
        "grains": grains, "grain-rows": grainRows, "tag-form": tagForm, "tag-list": tagList,
        "restore-backup": restoreBackup, "trash": trash, "grain-page": grainPage, "grain-acts": grainActs,
        "remove-several": removeSeveral, "empty-trash": emptyTrash,
    ]

    private static let grains = """
        <h1 class="hidden">Grains</h1>
        {{> offers}}
        {{#discarded}}
        <form method="post" action="/grains/several" class="notice good row"><input type="hidden" name="nonce" value="{{nonce}}">{{#ids}}<input type="hidden" name="grain" value="{{.}}">{{/ids}}<span role="status">{{text}} in the trash.</span><button name="act" value="recover">Take back</button></form>
        {{/discarded}}
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
        <input id="q" name="q" type="search" value="{{text}}" maxlength="100" placeholder="Title, app or tag" autocomplete="off">
        {{#tag}}<input type="hidden" name="tag" value="{{tag}}">{{/tag}}
        <label class="hidden" for="sort">Order</label>
        <select id="sort" name="sort">{{#orders}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/orders}}</select>
        <button>Search</button>
        </form>
        <p class="hidden" role="status"></p>
        {{/hasAny}}
        <div id="found">
        {{#hasTags}}<ul class="tags" aria-label="Your tags">{{#tags}}<li><a href="{{link}}"{{#isChosen}} aria-current="true"{{/isChosen}}>{{name}} <span class="count">{{count}}</span></a></li>{{/tags}}</ul>{{/hasTags}}
        {{#hasAny}}<p class="soft small"><span data-summary>{{summary}}</span>{{^isEverything}} · <a href="{{everything}}">Show all</a>{{/isEverything}}</p>{{/hasAny}}
        {{#showsOwn}}
        <section aria-labelledby="yours">
        <h2 id="yours">Your grains</h2>
        {{#hasGrains}}{{> grain-rows}}
        <form method="post" action="/grains/several" id="several" class="row several" aria-label="With all that is chosen">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="list" value="{{list}}">
        <label class="hidden" for="several-tag">Tag</label><input id="several-tag" name="tag" maxlength="40" placeholder="Tag" autocomplete="off">
        <button name="act" value="tag">Add tag</button><button name="act" value="untag">Remove tag</button>
        <button name="act" value="trash" class="danger">Move to the trash</button>
        </form>
        {{/hasGrains}}
        {{^hasAny}}<p class="card soft">Nothing here yet. A grain is one document: one wiki, one repository, one board, each in a box of its own.</p>{{/hasAny}}
        </section>
        {{/showsOwn}}
        {{#hasShared}}
        <section aria-labelledby="shared">
        <h2 id="shared">Shared with you</h2>
        <table class="list">
        <thead><tr><th scope="col">Title</th><th scope="col">App</th><th scope="col">Last used</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody>
        {{#shared}}
        <tr><th scope="row"><a href="/grain/{{id}}"><img src="{{icon}}" alt="" width="24" height="24">{{title}}</a>{{> tag-list}}</th><td data-name="App">{{app}}</td><td data-name="Last used">{{used}}</td>
        <td class="actions"><a class="more" href="/grains/{{id}}" data-options aria-label="More about {{title}}">⋯</a></td></tr>
        {{/shared}}
        </tbody>
        </table>
        </section>
        {{/hasShared}}
        {{> page-links}}
        </div>
        <dialog class="options" aria-labelledby="options-title"></dialog>
        {{#hasTrash}}<p><a href="/trash">What is in the trash</a></p>{{/hasTrash}}
        {{#mayCreate}}{{> restore-backup}}{{/mayCreate}}
        """

    private static let grainRows = """
        <table class="list">
        <thead><tr><td class="pick"><input type="checkbox" data-all aria-label="Choose all on this page"></td>{{#columns}}<th scope="col"{{#isNumber}} class="number"{{/isNumber}}{{#direction}} aria-sort="{{direction}}"{{/direction}}>{{#link}}<a href="{{link}}">{{text}}</a>{{/link}}{{^link}}{{text}}{{/link}}</th>{{/columns}}<th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody>
        {{#grains}}
        <tr><td class="pick"><input type="checkbox" name="grain" value="{{id}}" form="several" aria-label="Choose {{title}}"></td>
        <th scope="row"><a href="/grain/{{id}}"><img src="{{icon}}" alt="" width="24" height="24">{{title}}</a>{{> tag-list}}</th>
        <td data-name="App">{{app}}</td>
        <td data-name="State"><span class="state {{state}}">{{stateText}}</span></td>
        <td data-name="Size" class="number">{{size}}</td>
        <td data-name="Last used">{{used}}</td>
        <td class="actions"><a class="more" href="/grains/{{id}}" data-options aria-label="More about {{title}}">⋯</a></td>
        </tr>
        {{/grains}}
        </tbody>
        </table>
        """

    private static let tagList = """
        {{#hasTags}}<ul class="tags" aria-label="Tags">{{#tags}}<li><a href="{{link}}">{{name}}</a></li>{{/tags}}</ul>{{/hasTags}}
        """

    /// A row's menu: one for the whole list, filled when it is asked for, because a hundred of them take a browser long.
    private static let grainActs = """
        <h1 id="options-title">{{title}}</h1>
        <p class="soft small">{{app}}{{#version}} {{version}}{{/version}} · <span class="state {{state}}">{{stateText}}</span> · {{size}} · last used {{used}}</p>
        {{#isOwned}}
        <form method="post" action="/grains/{{id}}/rename"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="list" value="{{list}}"><label class="small" for="options-rename">Title</label><div class="row"><input id="options-rename" name="title" value="{{title}}" maxlength="200" required autocomplete="off"><button>Rename</button></div></form>
        {{/isOwned}}
        {{^isOwned}}
        <form method="post" action="/grains/{{id}}/rename"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="list" value="{{list}}"><label class="small" for="options-rename">Title, for you alone</label><div class="row"><input id="options-rename" name="title" value="{{title}}" maxlength="200" placeholder="{{given}}" autocomplete="off"><button>Rename</button></div></form>
        {{#isRenamed}}<p class="soft small">Its owner calls it “{{given}}”. Leave yours empty to call it so, too.</p>{{/isRenamed}}
        {{/isOwned}}
        {{> tag-form}}
        <div class="row">
        <a class="button main" href="/grain/{{id}}">Open</a>
        <a class="button" href="/grains/{{id}}/sharing">Share</a>
        {{#isOwned}}
        <a class="button" href="/grains/{{id}}/log">Log</a>
        <a class="button" href="/grains/{{id}}/version">Version</a>
        <form method="post" action="/grains/{{id}}/backup"><input type="hidden" name="nonce" value="{{nonce}}"><button>Download backup</button></form>
        {{#isUp}}<form method="post" action="/grains/{{id}}/stop"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="list" value="{{list}}"><button>Stop</button></form>{{/isUp}}
        <form method="post" action="/grains/{{id}}/trash"><input type="hidden" name="nonce" value="{{nonce}}"><button class="danger">Move to the trash</button></form>
        {{/isOwned}}
        </div>
        """

    private static let grainPage = """
        <p><a href="{{list}}">← Your grains</a></p>
        <div class="card options">{{> grain-acts}}</div>
        """

    private static let removeSeveral = """
        <div class="card lone">
        <h1>Delete {{count}}?</h1>
        <p>All that is in them, {{size}}, is gone for good. This cannot be undone.</p>
        <form method="post" action="/grains/several"><input type="hidden" name="nonce" value="{{nonce}}">
        <ul class="rows">{{#grains}}<li>{{title}}<input type="hidden" name="grain" value="{{id}}"></li>{{/grains}}</ul>
        <div class="row"><button name="act" value="remove" class="danger">Delete for good</button><a class="button" href="/trash">Keep them</a></div></form>
        </div>
        """

    private static let emptyTrash = """
        <div class="card lone">
        <h1>Empty the trash?</h1>
        <p>All that is in it, {{summary}}, is gone for good. This cannot be undone.</p>
        <form method="post" action="/trash/empty" class="row"><input type="hidden" name="nonce" value="{{nonce}}">
        <button class="danger">Delete everything for good</button><a class="button" href="/trash">Keep it</a></form>
        </div>
        """

    private static let tagForm = """
        <form method="post" action="/grains/{{id}}/tags"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="list" value="{{list}}"><label class="small" for="g-{{id}}">Tags, with commas between them</label><div class="row"><input id="g-{{id}}" name="tags" value="{{tagText}}" maxlength="700" autocomplete="off"><button>Save</button></div></form>
        """

    private static let trash = """
        <p><a href="/">← Your grains</a></p>
        <h1>Trash</h1>
        <p class="soft">What is here does not run, and nobody it was shared with can open it. You can take it back until its time is over.</p>
        {{#hasAny}}<p class="row soft small"><span>{{summary}}</span><a class="button danger" href="/trash/empty">Empty the trash…</a></p>{{/hasAny}}
        {{#hasGrains}}
        <section aria-label="What is in the trash">
        <table class="list">
        <thead><tr><td class="pick"><input type="checkbox" data-all aria-label="Choose all on this page"></td><th scope="col">Title</th><th scope="col">App</th><th scope="col" class="number">Size</th><th scope="col">Removed for good</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody>
        {{#grains}}
        <tr><td class="pick"><input type="checkbox" name="grain" value="{{id}}" form="several" aria-label="Choose {{title}}"></td>
        <th scope="row"><span class="what"><img src="{{icon}}" alt="" width="24" height="24">{{title}}</span></th>
        <td data-name="App">{{app}}</td>
        <td data-name="Size" class="number">{{size}}</td>
        <td data-name="Removed for good">{{expires}}</td>
        <td class="acts"><div class="row"><form method="post" action="/grains/{{id}}/recover"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="back" value="trash"><button aria-label="Take back {{title}}">Take back</button></form>
        <a class="button danger" href="/grains/{{id}}/remove" aria-label="Delete {{title}} for good">Delete…</a></div></td>
        </tr>
        {{/grains}}
        </tbody>
        </table>
        <form method="post" action="/grains/several" id="several" class="row several" aria-label="With all that is chosen">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="back" value="trash">
        <button name="act" value="recover">Take back</button><button name="act" value="ask" class="danger">Delete…</button>
        </form>
        </section>
        {{/hasGrains}}
        {{> page-links}}
        {{^hasAny}}<p class="card soft">It is empty.</p>{{/hasAny}}
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
