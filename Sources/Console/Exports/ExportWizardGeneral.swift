// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import Exports

extension ExportWizard {
    /// The first step: what is exported.
    func general() async throws -> FormPart {
        let (tables, customTables, entities) = try await visit.read { connection in
            (
                try ProfileTableStore(visit.workspace).all(in: connection),
                try CustomTableStore(visit.workspace).all(in: connection),
                try EntityStore(visit.workspace).all(in: connection)
            )
        }
        let kinds = Set(customTables.map(\.kind))
        let pairs = ExportPair.allCases.filter { pair in
            guard pair.isFull == draft.pair.isFull, pair.isAvailable else { return false }
            return pair.facts.exportType.rowKind.map(kinds.contains) ?? true
        }
        var form = FormPart(
            ExportWizard.place,
            submit: "Next: Data",
            FormPart.Group([
                Field.text("name", "Name", draft.name).hinted(
                    "The file is named after it, unless you say otherwise."
                ),
                Field.text("nameSuffix", "Suffix of the executions' names", draft.nameSuffix)
                    .optional
                    .hinted("A date pattern such as _$yyyyMMdd."),
                .select(
                    "table",
                    "Profile table",
                    "\(draft.table)",
                    tables.map { .init("\($0.id)", $0.displayName) }
                ),
                .select(
                    "pair",
                    "Export type and event",
                    draft.pair.rawValue,
                    pairs.map { .init($0.rawValue, $0.title) }
                ),
            ])
        )
        if let entity = visit.limit.field(entities, draft.entity) {
            form.groups[0].fields.append(entity)
        }
        if !customTables.isEmpty { form.groups.append(customTableGroup(customTables)) }
        form.groups.append(draft.pair.isFull ? try await searchGroup() : sourceGroup)
        return form
    }

    private func customTableGroup(_ tables: [CustomTable]) -> FormPart.Group {
        FormPart.Group(
            "Custom table",
            note: "For types about rows of a custom table; the profile table does not count then.",
            [
                Field.select(
                    "customTable",
                    "Custom table",
                    "\(draft.customTable)",
                    [.init("0", "None")]
                        + tables.map {
                            .init("\($0.id)", "\($0.displayName) (\($0.kind.rawValue))")
                        }
                ).optional
            ]
        )
    }

    /// Whom a full export of profiles is limited to.
    private func searchGroup() async throws -> FormPart.Group {
        let searches = try await visit.read { connection in
            try SearchStore(visit.workspace, visit.services.rooms.searches).all(in: connection)
        }
        return FormPart.Group(
            "Who",
            note: "A saved search over the profile table. Days in it count from each execution.",
            [
                Field.select(
                    "search",
                    "Only profiles that a search finds",
                    "\(draft.search)",
                    [.init("0", "All profiles")] + searches.map { .init("\($0.id)", $0.name) }
                ).optional
            ]
        )
    }

    private var sourceGroup: FormPart.Group {
        let sources: [Field.Option] =
            [.init("group-internal", "All internal"), .init("group-external", "All external")]
            + ChangeSource.allCases.map {
                .init($0.rawValue, Reason.words($0.rawValue).capitalisedFirst)
            }
        return FormPart.Group(
            "Source filter",
            note:
                "For deleted profiles and subscription updates: only changes that came by these ways.",
            [
                .check(
                    "filterIsOn",
                    "Only changes from the ticked sources",
                    draft.filterIsOn
                ),
                .checks("sources", "Sources", draft.sources, sources),
            ]
        )
    }
}
