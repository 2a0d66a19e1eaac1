/// The texts of the pages about people.
extension Templates {
    static let people = [
        "mail-login": mailLogin, "code": code, "invite": invite, "account": account, "people": peopleList,
        "link-made": linkMade,
    ]

    private static let mailLogin = """
        <form method="post" action="/login/by/email"><input type="hidden" name="next" value="{{next}}">
        <label for="address">E-mail address</label>
        <div class="row"><input id="address" name="claim" type="email" autocomplete="email" required maxlength="254"><button class="main">Send a code</button></div>
        </form>
        """

    private static let code = """
        <div class="card lone">
        <h1>Enter the code</h1>
        {{#problem}}<p class="notice bad" role="alert">{{problem}}</p>{{/problem}}
        <p>If somebody here has the address {{address}}, a code of eight digits is on its way there. It works for an hour, in this browser.</p>
        <form method="post" action="/login/by/email/answer">
        <input type="hidden" name="challenge" value="{{challenge}}"><input type="hidden" name="next" value="{{next}}"><input type="hidden" name="address" value="{{address}}">
        <label for="code">Code</label>
        <div class="row"><input id="code" name="answer" inputmode="numeric" autocomplete="one-time-code" required maxlength="20" autofocus><button class="main">Log in</button></div>
        </form>
        <p><a href="/">Use another address</a></p>
        </div>
        """

    private static let invite = """
        <div class="card lone">
        <h1>Welcome to Barchan</h1>
        {{#problem}}<p class="notice bad" role="alert">{{problem}}</p>{{/problem}}
        <p>You are invited as {{role}}.{{#address}} Later you can log in with your address {{address}}.{{/address}}</p>
        <form method="post" action="/invite/{{token}}" class="fields">
        {{> profile-fields}}
        <button class="main">Come in</button>
        </form>
        </div>
        """

    static let profileFields = """
        <p><label for="name">Name, as others see it</label><input id="name" name="name" value="{{name}}" required maxlength="100" autocomplete="name"></p>
        <p><label for="handle">Handle: a-z, 0-9 and _</label><input id="handle" name="handle" value="{{handle}}" required maxlength="30" pattern="[a-z_][a-z0-9_]*" autocomplete="username" autocapitalize="none" spellcheck="false"></p>
        <p><label for="pronouns">Pronouns</label><select id="pronouns" name="pronouns">{{#pronouns}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/pronouns}}</select></p>
        """

    private static let account = """
        <h1>Your account</h1>
        {{#notice}}<p class="notice good" role="status">{{notice}}</p>{{/notice}}
        {{#problem}}<p class="notice bad" role="alert">{{problem}}</p>{{/problem}}
        {{#link}}{{> link-made}}{{/link}}
        <section class="card" aria-labelledby="profile">
        <h2 id="profile">What apps see of you</h2>
        <form method="post" action="/account/profile" class="fields">
        <input type="hidden" name="nonce" value="{{nonce}}">
        {{> profile-fields}}
        <button class="main">Save</button>
        </form>
        <h3 id="picture">Picture</h3>
        {{#picture}}<img class="face" src="{{picture}}" alt="Your picture" width="96" height="96">{{/picture}}
        <form method="post" action="/account/picture" enctype="multipart/form-data" class="row" aria-labelledby="picture">
        <input type="hidden" name="nonce" value="{{nonce}}">
        <label class="hidden" for="file">Picture file</label>
        <input type="file" id="file" name="file" accept="image/png,image/jpeg" required>
        <button>Use this picture</button>
        </form>
        {{#picture}}<form method="post" action="/account/no-picture"><input type="hidden" name="nonce" value="{{nonce}}"><button class="quiet">Remove the picture</button></form>{{/picture}}
        <p class="soft small">PNG or JPEG, at most 64 KiB.</p>
        </section>
        <section class="card" aria-labelledby="logins">
        <h2 id="logins">Where you are logged in</h2>
        {{#address}}<p class="soft">A code to log in is sent to {{address}}.</p>{{/address}}
        <ul class="rows">
        {{#logins}}
        <li><span>{{method}}, {{created}}{{#isThis}} · <b>this browser</b>{{/isThis}}<br><span class="soft small">Last used {{lastUsed}} · ends {{expires}}</span></span>
        <form method="post" action="/account/logins/{{id}}"><input type="hidden" name="nonce" value="{{nonce}}"><button aria-label="Log out: {{method}}, {{created}}">Log out</button></form></li>
        {{/logins}}
        </ul>
        <div class="row">
        {{#hasOthers}}<form method="post" action="/account/logins/others"><input type="hidden" name="nonce" value="{{nonce}}"><button>Log out everywhere else</button></form>{{/hasOthers}}
        <form method="post" action="/account/link"><input type="hidden" name="nonce" value="{{nonce}}"><button>Make a link for another browser</button></form>
        </div>
        </section>
        """

    private static let linkMade = """
        <div class="notice good made" role="status"><label for="made">{{linkText}}</label><div class="row"><input id="made" value="{{link}}" readonly><button type="button" data-copy="made">Copy</button></div></div>
        """

    private static let peopleList = """
        {{> admin-nav}}
        <h1>People</h1>
        {{#notice}}<p class="notice good" role="status">{{notice}}</p>{{/notice}}
        {{#problem}}<p class="notice bad" role="alert">{{problem}}</p>{{/problem}}
        {{#link}}{{> link-made}}{{/link}}
        <section class="card" aria-labelledby="invite">
        <h2 id="invite">Invite somebody</h2>
        <form method="post" action="/people/invite" class="fields">
        <input type="hidden" name="nonce" value="{{nonce}}">
        <p><label for="role">As</label><select id="role" name="role">{{#roles}}<option value="{{value}}">{{text}}</option>{{/roles}}</select></p>
        {{#hasMail}}<p><label for="address">E-mail address, if the invitation is to be sent</label><input id="address" name="address" type="email" maxlength="254"></p>{{/hasMail}}
        <p><label for="note">A note for yourself</label><input id="note" name="note" maxlength="200"></p>
        <button class="main">Make an invitation</button>
        </form>
        </section>
        {{#hasInvitations}}
        <section class="card" aria-labelledby="open">
        <h2 id="open">Invitations that wait</h2>
        <ul class="rows">{{#invitations}}
        <li><span>{{role}}{{#address}} · {{address}}{{/address}}{{#note}} · {{note}}{{/note}}<br><span class="soft small">ends {{expires}}</span></span>
        <form method="post" action="/people/withdraw"><input type="hidden" name="nonce" value="{{nonce}}"><input type="hidden" name="id" value="{{id}}"><button aria-label="Withdraw the invitation {{note}} {{address}}">Withdraw</button></form></li>
        {{/invitations}}</ul>
        </section>
        {{/hasInvitations}}
        <section class="card" aria-labelledby="everybody">
        <h2 id="everybody">Everybody</h2>
        <ul class="rows">{{#people}}
        <li><span><b>{{name}}</b> @{{handle}}{{#isSuspended}} · suspended{{/isSuspended}}<br><span class="soft small">{{role}}{{#address}} · {{address}}{{/address}}</span></span>
        {{^isSelf}}<span class="row">
        <form method="post" action="/people/{{id}}/role" class="row"><input type="hidden" name="nonce" value="{{nonce}}"><label class="hidden" for="r-{{id}}">Role of {{name}}</label><select id="r-{{id}}" name="role">{{#roles}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/roles}}</select><button aria-label="Change the role of {{name}}">Change</button></form>
        <form method="post" action="/people/{{id}}/{{suspend}}"><input type="hidden" name="nonce" value="{{nonce}}"><button class="danger" aria-label="{{suspendText}} {{name}}">{{suspendText}}</button></form>
        </span>{{/isSelf}}</li>
        {{/people}}</ul>
        </section>
        """
}
