// SPDX-License-Identifier: Apache-2.0
import Mustache
import Synchronization

/// The Mustache templates of the kit, compiled once.
///
/// They are strings of the program, not files beside it: the console is there wherever the program is.
enum Templates {
    private static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        for (name, source) in sources {
            // A template of ours that does not parse is found by the test of all templates.
            guard let template = try? MustacheTemplate(string: source) else { continue }
            library.register(template, named: name)
        }
        return library
    }()

    /// The templates by name.
    static let sources: [String: String] = [
        "layout": LayoutTemplate.page, "bare": LayoutTemplate.bare,
        "nav": LayoutTemplate.navigation,
        "form": FormTemplate.form, "field": FormTemplate.field, "button": FormTemplate.button,
        "table": PartTemplate.table, "facts": PartTemplate.facts, "section": PartTemplate.section,
        "tiles": PartTemplate.tiles, "notice": PartTemplate.notice, "steps": PartTemplate.steps,
        "tabs": PartTemplate.tabs, "wizard": PartTemplate.wizard, "empty": PartTemplate.empty,
    ]

    /// The names of templates that do not parse; none.
    static var unparsed: [String] {
        sources.filter { (try? MustacheTemplate(string: $0.value)) == nil }.map(\.key).sorted()
    }

    /// Renders a model with a template.
    static func render(_ model: Any, _ name: String) -> HTML {
        HTML(markup: library.render(model, withTemplate: name) ?? "")
    }
}
