// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// Whether a person's address or number is banned from being contacted.
struct DoNotContactSection: DossierSection {
    let title = "Do not contact"
    let relations = ["do_not_contact"]

    func entries(for person: DossierPerson, in connection: Connection) throws -> [DossierEntry] {
        let store = DoNotContactStore(person.table.workspace)
        return try addresses(of: person).compactMap { channel, address in
            try store.entry(channel, address, in: connection).map { entry in
                DossierEntry(
                    "ban",
                    at: entry.createdAt,
                    [
                        .init("channel", channel.rawValue), .init("address", address),
                        .init("reason", entry.reason),
                    ]
                )
            }
        }
    }

    /// A ban stays as a digest, from which the address cannot be read.
    func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        let store = DoNotContactStore(context.workspace)
        var left: [String] = []
        for (channel, address) in addresses(of: person)
        where try store.contains(channel, address, in: transaction) {
            try store.forget(channel, address, in: transaction)
            left.append(
                "a digest of the banned \(channel.rawValue) address, until the ban is lifted"
            )
        }
        return left
    }

    private func addresses(of person: DossierPerson) -> [(ContactChannel, String)] {
        let email = person.emailAddress.map { (ContactChannel.email, $0) }
        let number = person.mobileNumber.map { (ContactChannel.sms, $0) }
        return [email, number].compactMap { $0 }
    }
}
