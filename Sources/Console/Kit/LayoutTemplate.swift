// SPDX-License-Identifier: Apache-2.0

/// The frame of every page.
enum LayoutTemplate {
    static let page = #"""
        <!doctype html>
        <html lang="en" data-theme="{{theme}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{title}} · Millrace</title>
        <link rel="stylesheet" href="/console/assets/console.css?v={{version}}">
        <link rel="icon" href="/console/assets/icon.svg" type="image/svg+xml">
        <script src="/console/assets/console.js?v={{version}}"></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <div class="frame">
        <header class="side">
        <a class="brand" href="/console/">{{{mark}}}<span>Millrace</span></a>
        <button class="burger" type="button" aria-expanded="false" aria-controls="menu" hidden>Menu</button>
        <div class="menu" id="menu">
        <nav aria-label="Main">{{> nav}}</nav>
        <div class="person">
        <p class="who"><strong>{{user}}</strong><span>{{role}} · {{workspace}}</span></p>
        <p class="links"><a href="/console/account">Account and display</a></p>
        <form method="post" action="/console/sign-out"><input type="hidden" name="form" value="{{token}}"><button class="quiet" type="submit">Sign out</button></form>
        </div>
        </div>
        </header>
        <main id="main" tabindex="-1">
        {{#notice}}<div class="notice good" role="status"><p>{{.}}</p></div>{{/notice}}
        <div class="top">
        <div>
        {{#hasCrumbs}}<nav class="crumbs" aria-label="Where you are"><ol>{{#crumbs}}<li><a href="{{href}}">{{label}}</a></li>{{/crumbs}}</ol></nav>{{/hasCrumbs}}
        <h1>{{title}}</h1>
        {{#lead}}<p class="lead">{{.}}</p>{{/lead}}
        </div>
        {{#hasActions}}<div class="actions">{{#actions}}{{{.}}}{{/actions}}</div>{{/hasActions}}
        </div>
        {{{content}}}
        <footer class="foot"><p>{{#help}}<a href="/console/help/{{.}}">Help for this page</a> · {{/help}}Times are in {{zone}} · <a href="/console/account">change</a></p></footer>
        </main>
        </div>
        </body>
        </html>
        """#

    static let navigation = #"""
        {{#groups}}<div class="group">{{#label}}<h2>{{.}}</h2>{{/label}}<ul>{{#items}}<li><a href="{{href}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}</a></li>{{/items}}</ul></div>{{/groups}}
        """#

    static let bare = #"""
        <!doctype html>
        <html lang="en" data-theme="{{theme}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{title}} · Millrace</title>
        <link rel="stylesheet" href="/console/assets/console.css?v={{version}}">
        <link rel="icon" href="/console/assets/icon.svg" type="image/svg+xml">
        <script src="/console/assets/console.js?v={{version}}"></script>
        </head>
        <body class="bare">
        <main id="main">
        <p class="brand">{{{mark}}}<span>Millrace</span></p>
        <h1>{{title}}</h1>
        {{#lead}}<p class="lead">{{.}}</p>{{/lead}}
        {{{content}}}
        </main>
        </body>
        </html>
        """#
}
