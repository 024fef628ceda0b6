// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database

extension Resource {
    /// `/v1/customTable`: linked data, interaction rows or a repository.
    static let customTable = Resource(
        name: "customTable",
        summary: "A table of rows: linked data, interaction rows or a repository.",
        attributes: [
            .id,
            .init("name", .text(limit: 64), "Its technical name, unique.", example: "orders")
                .filterable.sortable.requiredToPost,
            .init("display_name", .text(limit: 255), "The name that people see.", example: "Orders")
                .postable.changeable,
            .init(
                "kind",
                .choice(CustomTableKind.allCases.map(\.rawValue)),
                "What its rows are.",
                example: "linkedData"
            ).filterable.requiredToPost,
            .init(
                "profile_table",
                .text(limit: 64),
                "The profile table whose profiles the rows belong to; profiles unless given, null "
                    + "for a repository.",
                example: "profiles"
            ).orNull.filterable.postable,
            .init(
                "business_key",
                .text(limit: 50),
                "The attribute that is its key; null when the row's own number is.",
                example: "orderNumber"
            ).orNull.postable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
            .init("mdate", .moment, "When it was last changed.", example: 1_780_000_000).orNull,
            .init(
                "attributes",
                .structure(
                    schema: ["type": "array", "maxItems": 200, "items": ["type": "object"]]
                ),
                "Its attributes, as of the resource attribute; on a change, further ones.",
                example: [["name": "orderNumber", "type": "string"]]
            ).postable.changeable.writeOnly,
        ],
        listing: CustomTableStore.listing,
        scope: .administer,
        permission: .administer,
        create: { draft, change in
            let kind = draft.text("kind").flatMap(CustomTableKind.init) ?? .repository
            let given = try draft.structure("attributes", as: [GivenAttribute].self) ?? []
            return try CustomTableStore(change.workspace).create(
                name: draft.text("name") ?? "",
                displayName: draft.text("display_name") ?? draft.text("name") ?? "",
                kind: kind,
                owners: try owners(kind, draft, change),
                attributes: try given.map { try $0.attribute },
                businessKey: draft.text("business_key"),
                by: change.context,
                in: change.transaction
            ).id.value
        },
        update: { id, draft, change in
            let store = CustomTableStore(change.workspace)
            if let name = draft.text("display_name") {
                try store.rename(
                    CustomTableID(id),
                    to: name,
                    by: change.context,
                    in: change.transaction
                )
            }
            let given = try draft.structure("attributes", as: [GivenAttribute].self) ?? []
            for attribute in given {
                let table = try store.table(CustomTableID(id), in: change.transaction)
                try store.add(try attribute.attribute, to: table, in: change.transaction)
            }
        },
        delete: { id, _, change in
            let store = CustomTableStore(change.workspace)
            let table = try store.table(CustomTableID(id), in: change.transaction)
            guard try table.rows.isEmpty(in: change.transaction) else {
                throw Problem(409, "\(table.name) has rows; clear it first")
            }
            try store.delete(table.id, in: change.transaction)
            return [:]
        },
        actions: [clearTable]
    )

    private static let clearTable = ResourceAction(
        name: "clear",
        method: .post,
        target: .item,
        summary: "Delete all of its rows, each with its deletion record, as a task.",
        attributes: [
            .init("drop", .boolean, "Whether the table goes too.", example: false).postable
        ],
        status: 202,
        run: .change { id, draft, change in
            let task = try CustomTableClearingJob.start(
                CustomTableID(id),
                dropsTable: draft.boolean("drop") ?? false,
                by: change.context,
                in: change.transaction
            )
            return ["task_id": .integer(task.value)]
        }
    )

    private static func owners(
        _ kind: CustomTableKind,
        _ draft: Draft,
        _ change: Change
    ) throws -> ProfileTable? {
        guard kind.hasOwner else {
            guard draft.text("profile_table") == nil else {
                throw Problem.unacceptable("profile_table", "must be null for a repository")
            }
            return nil
        }
        return try ProfileTableStore(change.workspace)
            .table(named: draft.text("profile_table") ?? "profiles", in: change.transaction)
    }
}
