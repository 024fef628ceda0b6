// SPDX-License-Identifier: Apache-2.0

/// Forms, their fields, and buttons that change something.
enum FormTemplate {
    static let form = #"""
        <form class="{{style}}" method="{{method}}" action="{{action}}"{{#isUpload}} enctype="multipart/form-data"{{/isUpload}} novalidate>
        {{#token}}<input type="hidden" name="form" value="{{.}}">{{/token}}
        {{#hidden}}<input type="hidden" name="{{name}}" value="{{value}}">{{/hidden}}
        {{#problem}}<div class="notice bad" role="alert"><p>{{.}}</p></div>{{/problem}}
        {{#groups}}{{#legend}}<fieldset><legend>{{.}}</legend>{{/legend}}{{#note}}<p class="note">{{{.}}}</p>{{/note}}<div class="fields">{{#fields}}{{> field}}{{/fields}}</div>{{#legend}}</fieldset>{{/legend}}{{/groups}}
        {{{extra}}}
        <div class="buttons"><button type="submit" class="{{submitStyle}}"{{#submitName}} name="{{name}}" value="{{value}}"{{/submitName}}>{{submit}}</button>{{#others}}<button type="submit" name="{{name}}" value="{{value}}" class="plain">{{label}}</button>{{/others}}{{#cancel}}<a class="plain button" href="{{.}}">Cancel</a>{{/cancel}}</div>
        </form>
        """#

    static let field = #"""
        {{#isGroup}}<fieldset class="field {{width}}{{#error}} wrong{{/error}}" {{#describedBy}}aria-describedby="{{.}}"{{/describedBy}}><legend>{{label}}</legend>{{#hint}}<p class="hint" id="{{id}}-hint">{{{.}}}</p>{{/hint}}{{#error}}<p class="error" id="{{id}}-error">{{.}}</p>{{/error}}<div class="choices">{{#options}}<label class="choice"><input type="{{kind}}" name="{{field}}" value="{{value}}"{{#isChosen}} checked{{/isChosen}}><span>{{label}}{{#note}} <small>{{.}}</small>{{/note}}</span></label>{{/options}}</div></fieldset>{{/isGroup}}
        {{#isCheck}}<div class="field check {{width}}"><label class="choice"><input type="checkbox" id="{{id}}" name="{{name}}" value="yes"{{#isOn}} checked{{/isOn}}{{#describedBy}} aria-describedby="{{.}}"{{/describedBy}}><span>{{label}}</span></label>{{#hint}}<p class="hint" id="{{id}}-hint">{{{.}}}</p>{{/hint}}{{#error}}<p class="error" id="{{id}}-error">{{.}}</p>{{/error}}</div>{{/isCheck}}
        {{#isPlain}}<div class="field {{width}}{{#error}} wrong{{/error}}"><label for="{{id}}">{{label}}{{#isOptional}} <small>optional</small>{{/isOptional}}</label>{{#hint}}<p class="hint" id="{{id}}-hint">{{{.}}}</p>{{/hint}}{{#error}}<p class="error" id="{{id}}-error">{{.}}</p>{{/error}}
        {{#isInput}}<input type="{{kind}}" id="{{id}}" name="{{name}}"{{#hasValue}} value="{{value}}"{{/hasValue}}{{#isRequired}} required{{/isRequired}}{{#autocomplete}} autocomplete="{{.}}"{{/autocomplete}}{{#error}} aria-invalid="true"{{/error}}{{#describedBy}} aria-describedby="{{.}}"{{/describedBy}}{{#list}} list="{{.}}"{{/list}}{{#accept}} accept="{{.}}"{{/accept}}>{{/isInput}}
        {{#isArea}}<textarea id="{{id}}" name="{{name}}" rows="{{rows}}"{{#isCode}} class="code" spellcheck="false"{{/isCode}}{{#isRequired}} required{{/isRequired}}{{#error}} aria-invalid="true"{{/error}}{{#describedBy}} aria-describedby="{{.}}"{{/describedBy}}>
        {{value}}</textarea>{{/isArea}}
        {{#isSelect}}<select id="{{id}}" name="{{name}}"{{#error}} aria-invalid="true"{{/error}}{{#describedBy}} aria-describedby="{{.}}"{{/describedBy}}>{{#options}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/options}}</select>{{/isSelect}}</div>{{/isPlain}}
        """#

    static let button = #"""
        {{#question}}<details class="confirm"><summary class="button {{style}}">{{label}}</summary><div class="sheet"><p>{{.}}</p>{{/question}}<form method="post" action="{{action}}"><input type="hidden" name="form" value="{{token}}">{{#hidden}}<input type="hidden" name="{{name}}" value="{{value}}">{{/hidden}}<button type="submit" class="{{submitStyle}}">{{submit}}</button></form>{{#question}}</div></details>{{/question}}
        """#
}
