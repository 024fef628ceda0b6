// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common

/// A page of the console.
struct Page: Sendable {
    var title: String
    /// Which entry of the menu it belongs to.
    var menu: MenuEntry
    /// A sentence under the title.
    var lead: String?
    /// The pages above it.
    var crumbs: [(label: String, href: String)] = []
    /// What can be done.
    var actions: [any Part] = []
    /// The guide about it, by the name of its file in docs/guides.
    var help: String?
    var parts: [any Part]
    var status = 200

    init(_ title: String, _ menu: MenuEntry, lead: String? = nil, _ parts: [any Part] = []) {
        (self.title, self.menu, self.lead, self.parts) = (title, menu, lead, parts)
        help = menu.help
    }

    /// The same page with another status.
    func status(_ code: Int) -> Page {
        var copy = self
        copy.status = code
        return copy
    }
}

/// The entries of the menu, in order.
enum MenuEntry: String, CaseIterable, Sendable {
    case home = "Home"
    case history = "Task History"
    case profiles = "User profiles"
    case tables = "Tables"
    case segmentations = "Segmentations"
    case lists = "Lists"
    case searches = "Searches"
    case imports = "Imports"
    case campaigns = "Existing campaigns"
    case sends = "Scheduled sends"
    case splitTests = "Split tests"
    case messages = "Messages"
    case exports = "Exports"
    case outbox = "Outbox"
    case settings = "Settings"
    case account = "Account"

    /// The entries under each heading; the account stands apart.
    static let groups: [(label: String?, entries: [MenuEntry])] = [
        (nil, [.home]),
        ("Data", [.history, .profiles, .tables, .segmentations, .lists, .searches]),
        ("Automations", [.imports]), ("Campaigns", [.campaigns, .sends, .splitTests, .messages]),
        ("Delivery", [.exports, .outbox]), ("System", [.settings]),
    ]

    /// Where it leads.
    var href: String {
        switch self {
        case .home: "/console/"
        case .history: "/console/tasks"
        case .profiles: "/console/profiles"
        case .tables: "/console/tables"
        case .segmentations: "/console/segmentations"
        case .lists: "/console/lists"
        case .searches: "/console/searches"
        case .imports: "/console/imports"
        case .campaigns: "/console/campaigns"
        case .sends: "/console/sends"
        case .splitTests: "/console/split-tests"
        case .messages: "/console/messages"
        case .exports: "/console/exports"
        case .outbox: "/console/outbox"
        case .settings: "/console/settings"
        case .account: "/console/account"
        }
    }

    /// What its first page needs.
    var permission: Permission {
        switch self {
        case .campaigns, .splitTests: .seeAllMessages
        case .outbox: .manage
        default: .read
        }
    }

    /// The guide about it.
    var help: String? {
        switch self {
        case .home, .tables, .segmentations, .lists, .searches, .outbox, .settings, .account:
            "console"
        case .history: "stop-a-send"
        case .profiles: "data-subject-request"
        case .imports, .campaigns: "nightly-import"
        case .sends, .splitTests, .messages: "scheduled-send"
        case .exports: "daily-delta"
        }
    }
}

/// What the frame of a page shows besides the page.
struct Frame: Sendable {
    var theme: String
    var version: String
    var user: String
    var role: String
    var workspace: String
    var notice: String?

    /// Whether the menu has an entry for who asks: what leads to a refusal is left out.
    func shows(_ entry: MenuEntry) -> Bool {
        Role(rawValue: role)?.allows(entry.permission) ?? true
    }

    /// The page as it is sent.
    func html(_ page: Page, _ view: View) -> HTML {
        Templates.render(LayoutModel(page, self, view), "layout")
    }
}

private struct LayoutModel {
    struct Crumb {
        var label: String
        var href: String
    }

    struct GroupModel {
        var label: String?
        var items: [ItemModel]
    }

    struct ItemModel {
        var label: String
        var href: String
        var isCurrent: Bool
    }

    var title: String
    var theme: String
    var version: String
    var mark: String
    var user: String
    var role: String
    var workspace: String
    var token: String
    var notice: String?
    var lead: String?
    var help: String?
    var zone: String
    var crumbs: [Crumb]
    var hasCrumbs: Bool
    var actions: [String]
    var hasActions: Bool
    var content: String
    var groups: [GroupModel]

    init(_ page: Page, _ frame: Frame, _ view: View) {
        (title, lead, help) = (page.title, page.lead, page.help)
        (theme, version, notice) = (frame.theme, frame.version, frame.notice)
        (user, role, workspace) = (frame.user, frame.role, frame.workspace)
        mark = Icon.mark
        token = view.formToken
        zone = view.zone.name
        crumbs = page.crumbs.map { Crumb(label: $0.label, href: $0.href) }
        hasCrumbs = !page.crumbs.isEmpty
        actions = page.actions.map { $0.html(view).text }
        hasActions = !page.actions.isEmpty
        content = page.parts.map { $0.html(view) }.joined().text
        groups = MenuEntry.groups.map { group in
            GroupModel(
                label: group.label,
                items: group.entries.filter { frame.shows($0) }.map {
                    ItemModel(
                        label: $0.rawValue,
                        href: $0.href,
                        isCurrent: $0 == page.menu
                    )
                }
            )
        }
    }
}

/// A page without a menu: signing in, and what cannot be shown otherwise.
struct BarePage: Sendable {
    var title: String
    var lead: String?
    var parts: [any Part]
    var status = 200

    init(_ title: String, lead: String? = nil, _ parts: [any Part]) {
        (self.title, self.lead, self.parts) = (title, lead, parts)
    }

    func html(_ view: View, theme: String, version: String) -> HTML {
        let model = Model(
            title: title,
            lead: lead,
            theme: theme,
            version: version,
            mark: Icon.mark,
            content: parts.map { $0.html(view) }.joined().text
        )
        return Templates.render(model, "bare")
    }

    private struct Model {
        var title: String
        var lead: String?
        var theme: String
        var version: String
        var mark: String
        var content: String
    }
}
