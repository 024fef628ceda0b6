// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database

extension Resource {
    /// `/v1/attribute`: a column of a profile table or of a custom table.
    static let attribute = Resource(
        name: "attribute",
        summary: "A column of a profile table or of a custom table.",
        attributes: [
            .id,
            .init(
                "profile_table",
                .text(limit: 64),
                "The profile table; null for a column of a custom table.",
                example: "profiles"
            ).orNull.filterable.postable,
            .init(
                "custom_table",
                .text(limit: 64),
                "The custom table; null for a column of a profile table.",
                example: .null
            ).orNull.filterable.postable,
            .init("name", .text(limit: 50), "Its technical name.", example: "loyaltyPoints")
                .filterable.sortable.requiredToPost,
            .init("display_name", .text(limit: 255), "The name that people see.", example: "Points")
                .postable,
            .init(
                "type",
                .choice(AttributeType.allCases.map(\.rawValue)),
                "Its type.",
                example: "integer"
            )
            .filterable.requiredToPost,
            .init("multi_valued", .boolean, "Whether it has several values.", example: false)
                .postable,
            .init("mandatory", .boolean, "Whether it must have one.", example: false).postable,
            .init("unique", .boolean, "Whether no two rows share one.", example: false)
                .postable,
            .init(
                "role",
                .choice(AttributeRole.allCases.map(\.rawValue)),
                "What it is for.",
                example: .null
            )
            .orNull.postable,
        ],
        listing: ProfileTableStore.attributeListing,
        scope: .administer,
        permission: .administer,
        create: { draft, change in
            let new = try GivenAttribute(
                name: draft.text("name") ?? "",
                type: draft.text("type") ?? "",
                display_name: draft.text("display_name"),
                multi_valued: draft.boolean("multi_valued"),
                mandatory: draft.boolean("mandatory"),
                unique: draft.boolean("unique"),
                role: draft.text("role")
            ).attribute
            let transaction = change.transaction
            switch (draft.text("profile_table"), draft.text("custom_table")) {
            case (let name?, nil):
                let store = ProfileTableStore(change.workspace)
                let table = try store.table(named: name, in: transaction)
                return try store.add(new, to: table, in: transaction).id.value
            case (nil, let name?):
                let store = CustomTableStore(change.workspace)
                let table = try store.table(named: name, in: transaction)
                return try store.add(new, to: table, in: transaction).id.value
            case (nil, nil):
                throw Problem.unacceptable("profile_table", "is required, or custom_table")
            case (_?, _?):
                throw Problem.unacceptable("custom_table", "cannot stand beside profile_table")
            }
        }
    )
}
