// SPDX-License-Identifier: Apache-2.0
public import API
import Campaigns
import Common
public import Messaging
public import Tasks

/// What the console works with; given by the composition root.
public struct ConsoleServices: Sendable {
    /// The rooms, as the API has them.
    public let rooms: APIServices
    /// What takes test mails.
    public let mails: any MessageTransport<OutgoingMail>
    /// Where the built-in outbox keeps messages; nil when mails go to a relay.
    public let outbox: String
    /// The types of tasks, for their names.
    public let taskTypes: [TaskType]
    /// The address under which people reach the console, such as `https://millrace.example.org`; nil
    /// for the one that a request says.
    public let address: String?
    /// What hashes of passwords pass.
    let passwords = PasswordGate()
    /// Forecasts of sends, which look through whole audiences.
    let forecasts = Kept<SendForecastKey, SendForecast>(for: .minutes(1))

    /// Brings together what the console works with.
    public init(
        rooms: APIServices,
        mails: any MessageTransport<OutgoingMail>,
        outbox: String,
        taskTypes: [TaskType],
        address: String? = nil
    ) {
        (self.rooms, self.mails) = (rooms, mails)
        (self.outbox, self.taskTypes, self.address) = (outbox, taskTypes, address)
    }
}
