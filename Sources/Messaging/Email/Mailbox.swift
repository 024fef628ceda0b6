// SPDX-License-Identifier: Apache-2.0

/// An address with the display name shown beside it.
public struct Mailbox: Hashable, Sendable {
    /// The display name; nil for a bare address.
    ///
    /// Line breaks in it become spaces when a message is built.
    public var name: String?
    /// The address.
    public var address: EmailAddress

    /// Makes a mailbox.
    public init(name: String? = nil, address: EmailAddress) {
        self.name = name
        self.address = address
    }
}
