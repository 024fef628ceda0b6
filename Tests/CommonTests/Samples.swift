// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

/// An instant from ISO 8601 text; a text that is none fails the test.
func at(_ text: String) throws -> Instant {
    try #require(Instant(iso8601: text), "no instant: \(text)")
}

/// A time of day from its text.
func clock(_ text: String) throws -> TimeOfDay {
    try #require(TimeOfDay(text), "no time of day: \(text)")
}

/// A zone from its name.
func zone(_ name: String) throws -> Zone {
    try #require(Zone(name), "no zone: \(name)")
}

extension TimeOfDay {
    /// Twelve o'clock.
    static var noon: TimeOfDay {
        get throws { try clock("12:00") }
    }
}
