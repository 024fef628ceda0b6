// SPDX-License-Identifier: Apache-2.0

/// A point in time: whole microseconds since 1970-01-01T00:00:00Z.
///
/// Every moment that Millrace stores has this precision (spec/audience.md), on both engines, so
/// that a value read back equals the value written. Arithmetic ends at the ends of 64 bits instead of
/// stopping the program, because numbers of callers come into it.
public struct Instant: Hashable, Comparable, Sendable, Codable {
    /// Microseconds since the Unix epoch; negative before it.
    public var microseconds: Int64

    /// Makes an instant from microseconds since the Unix epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Makes an instant from whole seconds since the Unix epoch.
    public init(seconds: Int64) {
        self.microseconds = seconds.timesSaturating(1_000_000)
    }

    /// Reads the instant from its single encoded value, microseconds.
    public init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes the instant as a single value, microseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }

    /// Whole seconds since the Unix epoch, rounded towards the past.
    public var seconds: Int64 {
        microseconds >= 0
            ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
    }

    /// Orders instants by time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The instant that lies a span later (earlier when the span is negative).
    public static func + (instant: Instant, span: Span) -> Instant {
        Instant(microseconds: instant.microseconds.plusSaturating(span.microseconds))
    }

    /// The instant that lies a span earlier.
    public static func - (instant: Instant, span: Span) -> Instant {
        Instant(microseconds: instant.microseconds.minusSaturating(span.microseconds))
    }

    /// The span from the right instant to the left one.
    public static func - (left: Instant, right: Instant) -> Span {
        Span(microseconds: left.microseconds.minusSaturating(right.microseconds))
    }
}

/// A length of time in whole microseconds.
public struct Span: Hashable, Comparable, Sendable, Codable {
    /// The length in microseconds; negative for a span into the past.
    public var microseconds: Int64

    /// Makes a span from microseconds.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// No time at all.
    public static let zero = Span(microseconds: 0)

    /// A span of milliseconds.
    public static func milliseconds(_ count: Int64) -> Span {
        Span(microseconds: count.timesSaturating(1_000))
    }

    /// A span of seconds.
    public static func seconds(_ count: Int64) -> Span {
        Span(microseconds: count.timesSaturating(1_000_000))
    }

    /// A span of minutes.
    public static func minutes(_ count: Int64) -> Span { .seconds(count.timesSaturating(60)) }

    /// A span of hours of 60 minutes.
    public static func hours(_ count: Int64) -> Span { .seconds(count.timesSaturating(3_600)) }

    /// A span of days of 24 hours.
    public static func days(_ count: Int64) -> Span { .hours(count.timesSaturating(24)) }

    /// The length in seconds.
    public var inSeconds: Double { Double(microseconds) / 1_000_000 }

    /// Orders spans by length.
    public static func < (left: Span, right: Span) -> Bool {
        left.microseconds < right.microseconds
    }

    /// A multiple of a span.
    public static func * (span: Span, factor: Int64) -> Span {
        Span(microseconds: span.microseconds.timesSaturating(factor))
    }
}

extension Int64 {
    fileprivate func plusSaturating(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return !isOver ? sum : other < 0 ? .min : .max
    }

    fileprivate func minusSaturating(_ other: Int64) -> Int64 {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return !isOver ? difference : other < 0 ? .max : .min
    }

    fileprivate func timesSaturating(_ other: Int64) -> Int64 {
        let (product, isOver) = multipliedReportingOverflow(by: other)
        return !isOver ? product : (self < 0) == (other < 0) ? .max : .min
    }
}
