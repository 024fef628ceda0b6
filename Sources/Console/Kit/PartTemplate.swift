// SPDX-License-Identifier: Apache-2.0

/// What pages are made of besides forms.
enum PartTemplate {
    static let table = #"""
        {{#isEmpty}}{{{empty}}}{{/isEmpty}}{{^isEmpty}}<div class="scroll"{{#isPlain}} tabindex="0" role="region" aria-label="{{caption}}"{{/isPlain}}><table role="table" class="{{style}}"><caption class="{{captionStyle}}">{{caption}}</caption><thead role="rowgroup"><tr role="row">{{#columns}}<th scope="col" role="columnheader" class="{{style}}">{{title}}</th>{{/columns}}</tr></thead><tbody role="rowgroup">{{#rows}}<tr role="row">{{#cells}}<td role="cell" data-label="{{label}}" class="{{style}}"><div>{{{content}}}</div></td>{{/cells}}</tr>{{/rows}}</tbody></table></div>{{#hasPages}}<nav class="pages" aria-label="Pages of {{caption}}">{{#first}}<a class="plain button" href="{{.}}">Back to the first page</a>{{/first}}{{#next}}<a class="plain button" href="{{.}}" rel="next">Next page</a>{{/next}}</nav>{{/hasPages}}{{/isEmpty}}
        """#

    static let empty = #"""
        <div class="empty"><p class="big">{{title}}</p><p>{{words}}</p>{{#action}}<p>{{{.}}}</p>{{/action}}</div>
        """#

    static let facts = #"""
        <dl class="facts">{{#items}}<div><dt>{{label}}</dt><dd>{{{value}}}</dd></div>{{/items}}</dl>
        """#

    static let section = #"""
        <section class="card {{style}}"{{#anchor}} id="{{.}}"{{/anchor}}>{{#title}}<div class="head"><h2>{{.}}</h2>{{{side}}}</div>{{/title}}{{#note}}<p class="note">{{.}}</p>{{/note}}{{{content}}}</section>
        """#

    static let tiles = #"""
        <ul class="tiles">{{#items}}<li class="{{style}}">{{#href}}<a href="{{.}}">{{/href}}<span class="figure">{{figure}}</span><span class="name">{{label}}</span>{{#note}}<span class="more">{{.}}</span>{{/note}}{{#href}}</a>{{/href}}</li>{{/items}}</ul>
        """#

    static let notice = #"""
        <div class="notice {{style}}"{{#role}} role="{{.}}"{{/role}}><p>{{{content}}}</p></div>
        """#

    static let steps = #"""
        <ol class="log">{{#items}}<li>{{{time}}}<span>{{words}}</span></li>{{/items}}</ol>
        """#

    static let tabs = #"""
        <nav class="tabs" aria-label="{{label}}"><ul>{{#items}}<li><a href="{{href}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}</a></li>{{/items}}</ul></nav>
        """#

    static let wizard = #"""
        <ol class="wizard" aria-label="Steps">{{#items}}<li class="{{style}}"{{#isCurrent}} aria-current="step"{{/isCurrent}}><span class="number">{{number}}</span>{{#href}}<a href="{{.}}">{{label}}</a>{{/href}}{{^href}}<span>{{label}}</span>{{/href}}</li>{{/items}}</ol>
        """#
}
