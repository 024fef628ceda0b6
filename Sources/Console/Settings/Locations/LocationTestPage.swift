// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Files

/// The test of a location, step by step, and trusting the key that its server shows.
enum LocationTestPage {
    static let routes: [Route] = [
        .post("settings/locations/:id/test", .administer) { visit, _ in
            try await .page(test(visit))
        },
        .post("settings/locations/:id/trust", .administer) { visit, form in
            try await trust(visit, form)
        },
    ]

    private static func test(_ visit: Visit) async throws -> Page {
        let id = LocationID(try visit.id())
        let rooms = visit.services.rooms
        let record = try await visit.read { try rooms.locations.find(id, visit.workspace, in: $0) }
        let workspace = visit.workspace
        let steps = try await visit.database.blocking {
            let access = try rooms.locations.access(to: record, workspace: workspace)
            return LocationTest(access, spool: rooms.spool, token: SystemRandomness().token()).run()
        }
        let isGood = steps.allSatisfy { $0.isTried && $0.failure == nil }
        let place = "\(LocationsPages.path)/\(id)"
        var page = Page("Test of \(record.name)", .settings)
        page.crumbs = [("Locations", LocationsPages.path)]
        page.actions = [Button("Test again", "\(place)/test", "primary")]
        if id != .transferbox { page.actions.append(LinkButton("Edit", "\(place)/edit")) }
        let shown = steps.compactMap(\.shownKey).first
        if let shown {
            page.parts.append(key(shown, record))
        } else {
            page.parts.append(
                Notice(
                    isGood ? .good : .bad,
                    isGood
                        ? "Every step passed." : "A step failed; those behind it were not tried."
                )
            )
        }
        page.parts.append(section(steps))
        return page
    }

    private static func section(_ steps: [LocationTest.Step]) -> Section {
        Section(
            "Steps",
            [
                Table(
                    "Steps",
                    [.init("Step"), .init("Result"), .init("Why", .grow)],
                    rows: steps.map { step in
                        [
                            HTML(escaping: step.name.capitalisedFirst),
                            !step.isTried
                                ? Badge.status("off", "Not tried")
                                : step.failure == nil
                                    ? Badge.status("yes", "Passed") : Badge.status("failed"),
                            HTML(escaping: step.failure ?? ""),
                        ]
                    },
                    empty: Table.Empty("No steps", "")
                )
            ]
        )
    }

    /// The key that the server shows, which nobody has compared yet, or which is not the known one.
    static func key(_ shown: String, _ record: LocationRecord) -> Section {
        let known = record.location.settings[SFTPKind.hostKeySetting] ?? ""
        let warning =
            known.isEmpty
            ? Notice(
                .note,
                "Nothing was sent yet, no password either: the server has to prove first who it is."
            )
            : Notice(
                .bad,
                "The server shows another key than the one that was trusted. It may have been set up anew, or somebody stands in between. Nothing is sent until you decide."
            )
        var facts: [(label: String, value: HTML)] = [("It shows", "<code>\(shown)</code>")]
        if !known.isEmpty { facts.append(("Trusted so far", "<code>\(known)</code>")) }
        return Section(
            known.isEmpty ? "Is this the server?" : "The server's key has changed",
            note:
                "Compare the fingerprint with what the server's operator says, by another way than this connection.",
            [
                warning, Facts(facts),
                Button(
                    "Trust this key",
                    "\(LocationsPages.path)/\(record.id)/trust",
                    known.isEmpty ? "primary" : "danger",
                    asking: "From now on the server with this key gets the password and the files. "
                        + "Trust it only when both fingerprints are the same, letter by letter.",
                    submit: "They are the same, trust it",
                    hidden: [("hostKey", shown)]
                ),
            ]
        )
    }

    private static func trust(_ visit: Visit, _ form: Form) async throws -> Reply {
        let id = LocationID(try visit.id())
        let key = form.text("hostKey")
        try await visit.write { transaction, context in
            try visit.services.rooms.locations.trust(key, id, context: context, in: transaction)
            try LocationsPages.log(
                "location.trust",
                id,
                ["host_key": key],
                context,
                transaction
            )
        }
        return .redirect(
            LocationsPages.path,
            notice: "The key is trusted. Test the location again."
        )
    }
}
