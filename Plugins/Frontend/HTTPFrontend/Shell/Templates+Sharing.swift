/// The texts of the pages about sharing.
extension Templates {
    static let sharing = ["sharing": sharingPage, "shared": sharedPage, "sharing-part": sharingPart]

    private static let sharingPage = """
        <p><a href="/grain/{{id}}">← Back to {{title}}</a></p>
        <div class="share">{{> sharing-part}}</div>
        """

    /// The page's content and that of the dialog alike.
    static let sharingPart = """
        <h1 id="share-title">Share “{{title}}”</h1>
        {{#problem}}<p class="notice bad" role="alert">{{problem}}</p>{{/problem}}
        {{#notice}}<p class="notice good" role="status">{{notice}}</p>{{/notice}}
        {{#link}}{{> link-made}}{{/link}}
        <section aria-labelledby="share-person">
        <h2 id="share-person">With a person</h2>
        <form method="post" action="/grains/{{id}}/sharing" class="fields">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="act" value="person">
        <p><label for="share-handle">Their handle or e-mail address</label><input id="share-handle" name="handle" required maxlength="254" autocapitalize="none" spellcheck="false" list="share-known"></p>
        <datalist id="share-known">{{#known}}<option value="{{handle}}">{{name}}</option>{{/known}}</datalist>
        <p><label for="share-role">They</label><select id="share-role" name="role">{{#offers}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/offers}}</select></p>
        <p><label for="share-ends">Until</label><select id="share-ends" name="ends">{{#ends}}<option value="{{value}}">{{text}}</option>{{/ends}}</select></p>
        <button class="main">Share</button>
        </form>
        </section>
        <section aria-labelledby="share-link">
        <h2 id="share-link">By a link</h2>
        <form method="post" action="/grains/{{id}}/sharing" class="fields">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="act" value="link">
        <p><label for="link-role">Whoever has it</label><select id="link-role" name="role">{{#offers}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/offers}}</select></p>
        <p><label for="link-label">Label, for your own list</label><input id="link-label" name="label" maxlength="200"></p>
        <p><label for="link-ends">Until</label><select id="link-ends" name="ends">{{#ends}}<option value="{{value}}">{{text}}</option>{{/ends}}</select></p>
        <p class="check"><input type="checkbox" id="link-single" name="single" value="1"><label for="link-single">It works for one person, once</label></p>
        <button class="main">Make a link</button>
        </form>
        </section>
        <details><summary>For a program</summary>
        <form method="post" action="/grains/{{id}}/sharing" class="fields">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="act" value="token">
        <p><label for="token-role">It</label><select id="token-role" name="role">{{#offers}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/offers}}</select></p>
        <p><label for="token-label">Label, for your own list</label><input id="token-label" name="label" maxlength="200"></p>
        <p><label for="token-ends">Until</label><select id="token-ends" name="ends">{{#ends}}<option value="{{value}}">{{text}}</option>{{/ends}}</select></p>
        <p class="soft small">It acts in your name. The webkey is an address and, behind the #, a token: the program’s password, with any user name.</p>
        <button>Make a webkey</button>
        </form></details>
        <section aria-labelledby="share-who">
        <h2 id="share-who" tabindex="-1">Who has access</h2>
        <p class="soft">{{#isOwner}}You own it.{{/isOwner}}{{^isOwner}}{{owner}} owns it. Below is what you gave, and what was given on from there.{{/isOwner}}</p>
        {{{tree}}}
        {{#isEmpty}}<p class="soft">{{#isOwner}}Nobody else.{{/isOwner}}{{^isOwner}}You gave it to nobody.{{/isOwner}}</p>{{/isEmpty}}
        </section>
        {{#isOwner}}
        <details><summary>Hand it over to somebody else</summary>
        <form method="post" action="/grains/{{id}}/sharing" class="fields">
        <input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="act" value="transfer">
        <p><label for="share-heir">The new owner’s handle</label><input id="share-heir" name="handle" required maxlength="254" autocapitalize="none" spellcheck="false" list="share-known"></p>
        <p class="soft small">They can delete it, and can take it from you.</p>
        <button class="danger">Hand it over</button>
        </form></details>
        {{/isOwner}}
        {{^isOwner}}
        <form method="post" action="/grains/{{id}}/sharing"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="act" value="leave"><button class="danger">Leave: I want to have it no more</button></form>
        {{/isOwner}}
        """

    private static let sharedPage = """
        <div class="card lone">
        <h1>“{{title}}”</h1>
        {{#problem}}<p class="notice bad" role="alert">{{problem}}</p>{{/problem}}
        <p>Somebody shares this with you. It is opened with {{app}}.{{#isSingleUse}} The link works once.{{/isSingleUse}}</p>
        {{#person}}
        <form method="post" action="/shared/{{path}}" data-hash><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="act" value="keep"><button class="main">Keep it among your grains</button></form>
        <p class="soft small">Others in it see that you are {{name}}.</p>
        <form method="post" action="/incognito/{{path}}" data-hash><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="act" value="incognito"><button>Open it incognito</button></form>
        <p class="soft small">You are an anonymous user there, and it is not kept.</p>
        {{/person}}
        {{^person}}
        <form method="post" action="/shared/{{path}}" data-hash><input type="hidden" name="act" value="incognito"><button class="main">Open it</button></form>
        <p class="soft small">You are an anonymous user there.</p>
        {{/person}}
        </div>
        """
}
