// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Messaging

extension Resource {
    /// `/v1/dkimKey`: the keys by which domains sign their mails.
    static let dkimKey = Resource(
        name: "dkimKey",
        summary:
            "A key by which a domain signs its mails (DKIM); the private half is never answered.",
        attributes: [
            .id,
            .init("domain", .text(limit: 253), "The domain of senders.", example: "example.org")
                .filterable.sortable.requiredToPost,
            .init("selector", .text(limit: 63), "Which of its keys.", example: "m1").requiredToPost,
            .init(
                "algorithm",
                .choice(DKIMAlgorithm.allCases.map(\.rawValue)),
                "How it signs; rsa unless given.",
                example: "ed25519"
            ).postable,
            .init(
                "record",
                .text(limit: 1_000),
                "The TXT record at SELECTOR._domainkey.DOMAIN.",
                example: "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
            ),
            .init(
                "active",
                .boolean,
                "Whether mails are signed by it; false until the record is published.",
                example: true
            ).filterable.changeable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: DKIMStore.listing,
        scope: .administer,
        permission: .administer,
        create: makeKey,
        update: { id, draft, change in
            guard let isActive = draft.boolean("active") else { return }
            try DKIMStore(change.workspace).setActive(id, isActive, in: change.transaction)
        },
        delete: { id, _, change in
            let store = DKIMStore(change.workspace)
            if let key = try store.all(in: change.transaction).first(where: { $0.id == id }) {
                try change.services.secrets(change.workspace)
                    .remove(key.secretName, by: change.context, in: change.transaction)
            }
            try store.delete(id, in: change.transaction)
            return [:]
        }
    )

    private static let makeKey: @Sendable (Draft, Change) throws -> Int64 = { draft, change in
        let algorithm = DKIMAlgorithm(rawValue: draft.text("algorithm") ?? "rsa") ?? .rsa
        let key = try DKIMKey(algorithm)
        let made = try DKIMStore(change.workspace).create(
            domain: draft.text("domain") ?? "",
            selector: draft.text("selector") ?? "",
            key,
            by: change.context,
            in: change.transaction
        )
        try change.services.secrets(change.workspace).set(
            made.secretName,
            to: Secret(key.reveal()),
            by: change.context,
            in: change.transaction
        )
        return made.id
    }

    /// `/v1/bounceMailbox`: where returned mails are read.
    static let bounceMailbox = Resource(
        name: "bounceMailbox",
        summary: "An IMAP mailbox from which returned mails and complaints are read.",
        attributes: [
            .id,
            .init(
                "address",
                .text(limit: 1_000),
                "imaps://USER@HOST/NAME, or imap:// with STARTTLS.",
                example: "imaps://bounces@mail.example.org/INBOX"
            ).requiredToPost,
            .init("password", .text(limit: 1_000), "Of the user.", example: "secret")
                .requiredToPost.writeOnly,
            .init("hours", .integer, "Hours between two readings; 1 unless given.", example: 1)
                .postable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: BounceMailboxStore.listing,
        scope: .administer,
        permission: .administer,
        create: { draft, change in
            let address = draft.text("address") ?? ""
            // A folder of the server is the operator's to name.
            guard !address.hasPrefix("maildir:") else {
                throw Problem.unacceptable("address", "must be an IMAP mailbox")
            }
            let made = try BounceMailboxStore(change.workspace).create(
                address,
                hours: Int(clamping: draft.integer("hours") ?? 1),
                by: change.context,
                in: change.transaction
            )
            try change.services.secrets(change.workspace).set(
                made.secretName,
                to: Secret(draft.text("password") ?? ""),
                by: change.context,
                in: change.transaction
            )
            return made.id
        },
        delete: { id, _, change in
            let store = BounceMailboxStore(change.workspace)
            if let mailbox = try store.mailbox(id, in: change.transaction) {
                try change.services.secrets(change.workspace)
                    .remove(mailbox.secretName, by: change.context, in: change.transaction)
            }
            try store.delete(id, in: change.transaction)
            return [:]
        },
        actions: [
            ResourceAction(
                name: "collect",
                method: .post,
                target: .item,
                summary: "Read it now, as a task.",
                status: 202,
                run: .change { id, _, change in
                    let task = try BounceMailboxStore(change.workspace)
                        .collect(id, by: change.context, in: change.transaction)
                    return [
                        "id": .integer(id), "task_id": task.map { .integer($0.value) } ?? .null,
                    ]
                }
            )
        ]
    )
}
