// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database

extension Resource {
    /// `/v1/profileTable`: a table of people.
    static let profileTable = Resource(
        name: "profileTable",
        summary: "A table of people.",
        attributes: [
            .id,
            .init("name", .text(limit: 64), "Its technical name, unique.", example: "profiles")
                .filterable.sortable.requiredToPost,
            .init(
                "display_name",
                .text(limit: 255),
                "The name that people see.",
                example: "Profiles"
            )
            .postable,
            .init(
                "business_key",
                .text(limit: 50),
                "The attribute that is its key.",
                example: "userId"
            )
            .orNull.postable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000),
            .init(
                "attributes",
                .structure(
                    schema: [
                        "type": "array", "minItems": 1, "maxItems": 200,
                        "items": ["type": "object"],
                    ]
                ),
                "Its first attributes, as of the resource attribute.",
                example: [["name": "userId", "type": "string", "unique": true]]
            ).requiredToPost.writeOnly,
        ],
        listing: ProfileTableStore.listing,
        scope: .administer,
        permission: .administer,
        create: { draft, change in
            let given = try draft.structure("attributes", as: [GivenAttribute].self) ?? []
            return try ProfileTableStore(change.workspace).create(
                name: draft.text("name") ?? "",
                displayName: draft.text("display_name") ?? draft.text("name") ?? "",
                attributes: try given.map { try $0.attribute },
                businessKey: draft.text("business_key"),
                by: change.context,
                in: change.transaction
            ).id.value
        },
        actions: [PressureActions.pressure]
    )

    /// `/v1/doNotContact`: an address or number that is never contacted.
    static let doNotContact = Resource(
        name: "doNotContact",
        summary: "An address or number that is never contacted.",
        attributes: [
            .id,
            .init("channel", .choice(["email", "sms"]), "The channel.", example: "email")
                .filterable.requiredToPost,
            .init("address", .text(limit: 254), "The address or number.", example: "a@example.org")
                .filterable.requiredToPost,
            .init("reason", .text(limit: 500), "Why.", example: "asked by letter").postable,
            .init("cdate", .moment, "When it was added.", example: 1_780_000_000),
        ],
        listing: DoNotContactStore.listing,
        create: { draft, change in
            let store = DoNotContactStore(change.workspace)
            let channel = draft.text("channel").flatMap(ContactChannel.init) ?? .email
            let address = draft.text("address") ?? ""
            if let id = try store.id(channel, address, in: change.transaction) {
                throw Problem.conflict("the address is there already", with: id)
            }
            try store.add(
                channel,
                address,
                reason: draft.text("reason") ?? "API",
                by: change.context,
                in: change.transaction
            )
            return try store.id(channel, address, in: change.transaction) ?? 0
        },
        delete: { id, _, change in
            try DoNotContactStore(change.workspace).remove(id, in: change.transaction)
            return [:]
        },
        isPersonal: true
    )
}
