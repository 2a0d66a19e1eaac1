/// The pages about versions of apps.
extension Templates {
    /// Included in the pages that list apps and grains.
    static let offers = """
        {{#offers}}<p class="notice good" role="status">{{text}} <a href="/apps/{{app}}/upgrade">See what changes</a></p>{{/offers}}
        """

    static let upgrade = """
        <div class="card lone">
        {{#notice}}<p class="notice" role="status">{{notice}}</p>{{/notice}}
        {{#problem}}<p class="notice bad" role="alert">{{problem}}</p>{{/problem}}
        <img src="{{icon}}" alt="" width="56" height="56">
        <h1>{{#isDowngrade}}An older{{/isDowngrade}}{{^isDowngrade}}A new{{/isDowngrade}} version of {{title}}</h1>
        <dl>
        <dt>In use</dt><dd>{{current}}</dd>
        {{#changesApp}}<dt>{{#isDowngrade}}Older{{/isDowngrade}}{{^isDowngrade}}New{{/isDowngrade}}</dt><dd>{{offered}}</dd>{{/changesApp}}
        {{#author}}<dt>Author’s proof</dt><dd>{{author}}</dd>{{/author}}
        </dl>
        {{#authorWarning}}<p class="notice bad" role="alert">{{authorWarning}}</p>{{/authorWarning}}
        {{#changes}}<h2>What changed</h2><pre class="log" tabindex="0">{{changes}}</pre>{{/changes}}
        {{^changes}}<p class="soft">The package does not say what changed.</p>{{/changes}}
        {{#hasGrains}}
        <p>With it {{count}} of yours will run {{offered}}. Open pages load again. Each can be moved back, on its page <em>Version</em>.</p>
        <details><summary>Grains that will move</summary><ul>{{#grains}}<li>{{title}} <span class="soft">{{version}}</span></li>{{/grains}}</ul></details>
        {{/hasGrains}}
        {{#isDowngrade}}<p class="notice bad">An older version may not understand what a newer one has written. Grains may be damaged.</p>{{/isDowngrade}}
        <form method="post" action="/apps/{{app}}/upgrade" class="row">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="package" value="{{package}}">
        {{#isDowngrade}}<label><input type="checkbox" name="force" value="1" required> I know, and want it all the same</label>{{/isDowngrade}}
        <button class="{{#isDowngrade}}danger{{/isDowngrade}}{{^isDowngrade}}main{{/isDowngrade}}">{{#changesApp}}Use {{offered}}{{/changesApp}}{{^changesApp}}Move them{{/changesApp}}</button>
        <a class="button" href="/apps">Not now</a>
        </form>
        {{#changesApp}}
        <form method="post" action="/apps/{{app}}/upgrade">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="answer" value="decline">
        <button>Keep {{current}} and forget this one</button>
        </form>
        {{/changesApp}}
        </div>
        """

    static let version = """
        <div class="card lone">
        <h1>“{{title}}” is of {{app}} {{version}}</h1>
        {{#previous}}
        <p>It was of {{version}} before, and can be moved back to that. Open pages load again.</p>
        {{#needsForce}}<p class="notice bad">The newer version has run on its data since. The older one may not understand it, and may damage it.</p>{{/needsForce}}
        <form method="post" action="/grains/{{id}}/move" class="row">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="package" value="{{package}}">
        {{#needsForce}}<label><input type="checkbox" name="force" value="1" required> I know, and want it all the same</label>{{/needsForce}}
        <button class="{{#needsForce}}danger{{/needsForce}}{{^needsForce}}main{{/needsForce}}">Move back to {{version}}</button>
        </form>
        {{/previous}}
        {{^previous}}<p class="soft">There is no other version to which it may be moved back.</p>{{/previous}}
        <p><a href="/grain/{{id}}">Open it</a> · <a href="/">Your grains</a></p>
        </div>
        """
}
