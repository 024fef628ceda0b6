// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging

/// Decides which texts of a group leave, by account, length and credit, and notes those that do; in
/// the transaction before they are handed over.
struct TextAdmission {
    let workspace: WorkspaceID
    let ground: TextGround
    let sender: String
    let isMultipart: Bool

    /// What was decided on a group, and who carries it.
    struct Admitted: Sendable {
        var messages: [Composed<OutgoingText>]
        var transport: any MessageTransport<OutgoingText>
    }

    func admit(
        _ group: [Interaction],
        _ texts: [Composed<String>],
        in transaction: Transaction
    ) throws -> Admitted {
        let account = try SMSAccountStore(workspace).active(in: transaction)
        if account == nil, try ground.rules(workspace, transaction).needsAccount {
            let none = Composed<OutgoingText>(failure: .sms(.noAccount))
            return Admitted(messages: group.map { _ in none }, transport: ground.outbox)
        }
        let place = try TextPlace(ground, workspace)
        var messages: [Composed<OutgoingText>] = []
        var entries: [TextEntry] = []
        var purse = try Purse(workspace, in: transaction)
        for (interaction, text) in zip(group, texts) {
            let judged = judge(interaction, text, account, place, &purse)
            messages.append(judged.message)
            if let entry = judged.entry { entries.append(entry) }
        }
        try TextLedger(workspace).note(entries, in: transaction)
        try purse.close(in: transaction)
        let transport = try account.map {
            try ground.transport($0, of: workspace, in: transaction)
        }
        return Admitted(messages: messages, transport: transport ?? ground.outbox)
    }

    private func judge(
        _ interaction: Interaction,
        _ composed: Composed<String>,
        _ account: SMSAccount?,
        _ place: TextPlace?,
        _ purse: inout Purse
    ) -> (message: Composed<OutgoingText>, entry: TextEntry?) {
        guard let text = composed.message, let number = interaction.address else {
            let failure = composed.failure ?? .sms(.missingPhoneNumber)
            return (Composed(failure: failure, detail: composed.detail), nil)
        }
        let (short, targets) = place?.shorten(text, interaction) ?? (text, [])
        let measure = TextMeasure(short)
        guard measure.fits(isMultipart: true) else {
            let words = "a message has at most \(TextMeasure.largest) parts"
            return (Composed(failure: .sms(.errorGeneratingMessage), detail: words), nil)
        }
        guard measure.fits(isMultipart: isMultipart) else {
            let words =
                "\(measure.units) units in \(measure.encoding.rawValue): \(measure.parts) parts"
            return (Composed(failure: .sms(.invalidMessageLength), detail: words), nil)
        }
        guard let cost = purse.take(measure.parts) else {
            let words = "\(measure.parts) parts cost more than the credit that is left"
            return (Composed(failure: .sms(.notEnoughMoney), detail: words), nil)
        }
        let message = OutgoingText(
            id: interaction.textID(in: workspace),
            sender: sender,
            recipient: number,
            // Later tries keep it, and with it the message's place in the outbox.
            date: interaction.createdAt,
            text: short,
            reportURL: account == nil ? nil : place?.reportURL(interaction)
        )
        let entry = TextEntry(
            interaction: interaction,
            account: account?.id,
            measure: measure,
            cost: cost,
            targets: targets
        )
        return (Composed(message: message), entry)
    }
}

/// The credit of a workspace while a group is judged; without limit when there is none.
struct Purse {
    private let store: CreditStore
    private let credit: Credit?
    private var taken = Money.zero

    /// Nobody else judges by the same credit until the transaction ends.
    init(_ workspace: WorkspaceID, in transaction: Transaction) throws {
        store = CreditStore(workspace)
        guard try store.credit(in: transaction) != nil else {
            credit = nil
            return
        }
        try transaction.lock("sms credit \(workspace)")
        credit = try store.credit(in: transaction)
    }

    /// The cost of so many parts; nil when it is more than is left.
    mutating func take(_ parts: Int) -> Money? {
        guard let credit else { return .zero }
        let cost = credit.price * parts
        guard taken + cost <= credit.balance else { return nil }
        taken = taken + cost
        return cost
    }

    func close(in transaction: Transaction) throws {
        guard taken > .zero else { return }
        try store.reserve(taken, in: transaction)
    }
}
