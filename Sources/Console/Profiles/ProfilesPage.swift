// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// The profiles of a table: the newest, or those that a search finds.
enum ProfilesPage {
    static let path = "/console/profiles"

    static let routes: [Route] = [.get("profiles") { try await .page(show($0)) }]

    private struct Found: Sendable {
        var tables: [ProfileTable]
        var table: ProfileTable
        var profiles: [Profile]
        var next: Int64?
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let words = visit.query.text("q")
        let found = try await visit.read { try read($0, visit, words) }
        var page = Page("User profiles", .profiles)
        if visit.may(.manage) {
            page.actions = [
                LinkButton("Upload a file", "/console/imports/upload"),
                LinkButton("New profile", "\(path)/\(found.table.name)/new", "primary"),
            ]
        }
        page.parts = [filters(visit, found, words), Section(nil, [table(visit, found, words)])]
        return page
    }

    private static func read(
        _ connection: Connection,
        _ visit: Visit,
        _ words: String
    ) throws -> Found {
        let tables = try ProfileTableStore(visit.workspace).all(in: connection)
        let name = visit.query.filled("table") ?? tables.first?.name ?? "profiles"
        let table = try ProfileTableStore(visit.workspace).table(named: name, in: connection)
        guard words.isEmpty else {
            let profiles = try find(words, table, visit.workspace, connection)
            return Found(tables: tables, table: table, profiles: profiles)
        }
        let page = try ListPage(
            ProfileStore.keys(of: table),
            cursor: visit.query.text("at"),
            in: visit.workspace,
            from: connection
        )
        // The newest come first.
        let ids = Set(page.rows.map { ProfileID($0.id) })
        let profiles = try ProfileStore(table).profiles(ids, in: connection)
        return Found(
            tables: tables,
            table: table,
            profiles: profiles.reversed(),
            next: page.next.flatMap { Int64($0) }
        )
    }

    /// Profiles by whatever tells people apart: number, key, address, mobile number.
    private static func find(
        _ words: String,
        _ table: ProfileTable,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [Profile] {
        let code = try WorkspaceStore().workspace(workspace, in: connection).defaultCountryCode
        let store = ProfileStore(table, countryCode: code)
        var found = try store.profiles(
            havingAnywhere: words,
            limit: ListPage.size,
            in: connection
        )
        if let number = Int64(words), !found.contains(where: { $0.id.value == number }),
            let profile = try store.profile(ProfileID(number), in: connection)
        {
            found.append(profile)
        }
        return found
    }

    private static func filters(_ visit: Visit, _ found: Found, _ words: String) -> FormPart {
        var fields = [
            Field.text("q", "E-mail address, mobile number, key or profile number", words, "search")
                .sized("wide")
        ]
        if found.tables.count > 1 {
            fields.append(
                .select(
                    "table",
                    "Profile table",
                    found.table.name,
                    found.tables.map { .init($0.name, $0.displayName) }
                )
            )
        }
        var form = FormPart.filters(path, fields)
        form.submit = "Search"
        return form
    }

    private static func table(_ visit: Visit, _ found: Found, _ words: String) -> Table {
        Table(
            "Profiles",
            [
                .init("Profile", .grow), .init("Name"), .init("Mobile number"),
                .init("Created", .moment), .init("Changed", .moment),
            ],
            rows: found.profiles.map { row($0, visit) },
            empty: words.isEmpty
                ? Table.Empty(
                    "No profiles yet",
                    "Upload a file, or let an automated import bring them every night.",
                    link("Upload a file", "/console/imports/upload")
                )
                : Table.Empty(
                    "Nobody is found",
                    "The search takes whole values: an e-mail address, a mobile number, a key.",
                    link("Show the newest profiles", "\(path)?table=\(found.table.name)")
                )
        ).paged(
            first: visit.firstPage(path),
            next: visit.nextPage(path, found.next.map(String.init))
        )
    }

    static func row(_ profile: Profile, _ visit: Visit) -> [HTML] {
        let name = [profile.text(.firstName), profile.text(.lastName)].compactMap { $0 }
            .joined(separator: " ")
        let key: HTML = profile.businessKey.map { "<span class=\"second\">\($0)</span>" } ?? ""
        return [
            "\(link(ProfileNames.name(profile), "\(path)/\(profile.table.name)/\(profile.id)"))\(key)",
            HTML(escaping: name), HTML(escaping: profile.text(.mobileNumber) ?? ""),
            visit.view.time(profile.createdAt), visit.view.time(profile.updatedAt),
        ]
    }
}
