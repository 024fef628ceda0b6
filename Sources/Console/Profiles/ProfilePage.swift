// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// One person: attributes, subscriptions, and everything that is held and was done.
enum ProfilePage {
    static let routes: [Route] = [
        .get("profiles/:table/:id") { try await .page(show($0)) },
        .post("profiles/:table/:id/subscribe") { visit, form in
            try await subscribe(visit, form)
        },
        .post("profiles/:table/:id/erase") { visit, _ in try await .page(erase(visit)) },
    ]

    static func place(_ visit: Visit) -> String {
        "\(ProfilesPage.path)/\(visit.parameters["table"] ?? "")/\(visit.parameters["id"] ?? "")"
    }

    /// The profile that the path names.
    static func profile(_ visit: Visit, _ connection: Connection) throws -> Profile {
        let id = ProfileID(try visit.id())
        let table = try ProfileTableStore(visit.workspace)
            .table(named: visit.parameters["table"] ?? "", in: connection)
        guard let found = try ProfileStore(table).profile(id, in: connection) else {
            throw PageError.notFound("profile")
        }
        return found
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let dossier = visit.services.rooms.dossier
        let (profile, lists, standings, chapters) = try await visit.read {
            connection -> (Profile, [MailingList], [Subscription], [Dossier.Chapter]) in
            let profile = try ProfilePage.profile(visit, connection)
            return (
                profile, try ListStore(visit.workspace).all(of: profile.table.id, in: connection),
                try SubscriptionStore(visit.workspace).all(of: profile.id, in: connection),
                try dossier.chapters(of: profile, in: connection)
            )
        }
        var page = Page(
            ProfileNames.name(profile),
            .profiles,
            lead: "Profile \(profile.id) of \(profile.table.displayName)"
        )
        page.crumbs = [("User profiles", "\(ProfilesPage.path)?table=\(profile.table.name)")]
        page.actions = actions(visit, profile)
        page.parts = [
            attributes(profile, visit),
            subscriptions(lists, standings, visit),
        ]
        page.parts += chapters.filter { !$0.entries.isEmpty }.map { chapter($0, visit) }
        let silent = chapters.filter(\.entries.isEmpty).map(\.title)
        if !silent.isEmpty {
            page.parts.append(
                "<p class=\"note\">Nothing is held in: \(silent.joined(separator: ", ")).</p>"
                    as HTML
            )
        }
        return page
    }

    private static func actions(_ visit: Visit, _ profile: Profile) -> [any Part] {
        guard visit.may(.manage) else { return [] }
        let place = ProfilePage.place(visit)
        return [
            LinkButton("Edit", "\(place)/edit", "primary"),
            Button(
                "Erase",
                "\(place)/erase",
                "danger",
                asking:
                    "Everything that is held on this person is erased: attributes, subscriptions, "
                    + "addresses in messages and files that are kept here. Counts stay. "
                    + "That can't be undone.",
                submit: "Erase this person"
            ),
        ]
    }

    private static func attributes(_ profile: Profile, _ visit: Visit) -> Section {
        var items = profile.table.attributes.map { attribute in
            (
                label: attribute.displayName,
                value: profile.text(attribute).map { HTML(escaping: $0) }
                    ?? "<span class=\"none\">empty</span>"
            )
        }
        items.append(("Created", visit.view.time(profile.createdAt)))
        items.append(("Changed", visit.view.time(profile.updatedAt)))
        return Section("The profile", [Facts(items)])
    }

    private static func subscriptions(
        _ lists: [MailingList],
        _ standings: [Subscription],
        _ visit: Visit
    ) -> Section {
        let rows = lists.map { list -> [HTML] in
            let standing = standings.first { $0.list == list.id }
            let isOn = standing?.isSubscribed ?? false
            let state =
                isOn
                ? Badge.status(
                    "yes",
                    standing?.isConfirmed == false ? "Not confirmed" : "Subscribed"
                )
                : standing == nil
                    ? Badge.status("off", "Never subscribed") : Badge.status("off", "Unsubscribed")
            let button: HTML =
                visit.may(.manage)
                ? Button(
                    isOn ? "Unsubscribe" : "Subscribe",
                    "\(place(visit))/subscribe",
                    hidden: [
                        (name: "list", value: "\(list.id)"),
                        (name: "on", value: isOn ? "no" : "yes"),
                    ]
                ).html(visit.view) : ""
            return [HTML(escaping: list.name), state, visit.view.time(standing?.changedAt), button]
        }
        return Section(
            "Standing on lists",
            [
                Table(
                    "Subscriptions",
                    [
                        .init("List", .grow), .init("Standing"), .init("Since", .moment),
                        .init("Options", .actions),
                    ],
                    rows: rows,
                    empty: Table.Empty("No lists", "This table has no list to be subscribed to.")
                )
            ]
        )
    }

    private static func chapter(_ chapter: Dossier.Chapter, _ visit: Visit) -> Section {
        Section(
            chapter.title,
            [
                Table(
                    chapter.title,
                    [.init("When", .moment), .init("What"), .init("Details", .grow)],
                    rows: chapter.entries.prefix(200).map { entry in
                        let fields = entry.fields.filter { $0.value != nil }.map { field -> HTML in
                            "<span class=\"second\">\(field.name): \(value(field))</span>"
                        }
                        return [
                            visit.view.time(entry.moment),
                            HTML(escaping: entry.kind.capitalisedFirst),
                            fields.joined(),
                        ]
                    },
                    empty: Table.Empty("Nothing", "")
                )
            ]
        )
    }

    /// Numbers of tasks lead to them.
    private static func value(_ field: DossierEntry.Field) -> HTML {
        let text = field.value ?? ""
        guard field.name == "task", Int64(text) != nil else { return HTML(escaping: text) }
        return link(text, "\(HistoryPage.path)/\(text)")
    }

    private static func subscribe(_ visit: Visit, _ form: Form) async throws -> Reply {
        let isOn = form.text("on") == "yes"
        try await visit.change(
            isOn ? "profile.subscribe" : "profile.unsubscribe",
            of: { (id: ProfileID) in "profile \(id)" }
        ) { transaction, context -> ProfileID in
            let profile = try ProfilePage.profile(visit, transaction)
            guard let id = form.number("list"),
                let list = try ListStore(visit.workspace).list(ListID(id), in: transaction)
            else { throw PageError.notFound("list") }
            try SubscriptionStore(visit.workspace).set(
                isOn,
                of: profile.id,
                on: list,
                Collection(source: "console"),
                table: profile.table,
                by: context,
                in: transaction
            )
            return profile.id
        }
        return .redirect(place(visit), notice: "The subscription is changed.")
    }

    private static func erase(_ visit: Visit) async throws -> Page {
        let dossier = visit.services.rooms.dossier
        let database = visit.database
        let found = try await database.blocking {
            let profile = try database.readBlocking { try ProfilePage.profile(visit, $0) }
            return try Erasure.lookAhead(for: profile.id, in: profile.table, of: database)
        }
        let report = try await visit.write { transaction, context in
            let profile = try ProfilePage.profile(visit, transaction)
            let report = try Erasure(dossier).erase(
                profile.id,
                from: profile.table,
                Collection(source: "console"),
                found: found,
                by: context,
                in: transaction
            )
            try AuditLog(visit.workspace).record(
                "profile.erase",
                subject: "profile \(profile.id)",
                by: context,
                in: transaction
            )
            return report
        }
        var page = Page("The person is erased", .profiles, lead: "Profile \(report.profile)")
        page.crumbs = [("User profiles", ProfilesPage.path)]
        let left = report.left.map { "<li>\($0)</li>" as HTML }
        page.parts = [
            Section(
                "What you can tell the person",
                [
                    "<p>Everything that Millrace held on them is gone; the number is never given to anybody else.</p>"
                        as HTML,
                    left.isEmpty
                        ? "<p>Nothing is left outside either.</p>" as HTML
                        : "<p>What left this installation before, and is beyond its reach:</p><ul class=\"log\">\(left.joined())</ul>"
                            as HTML,
                ]
            ), LinkButton("Back to the profiles", ProfilesPage.path),
        ]
        return page
    }
}
