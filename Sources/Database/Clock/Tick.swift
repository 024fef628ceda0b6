// SPDX-License-Identifier: Apache-2.0
public import Common

/// What a moment had seen of the change clock: everything below `max` except what was still open.
public struct Tick: Hashable, Sendable, Codable {
    /// Counts the ticks of an installation.
    public var id: Int64
    /// The wall time at which it was taken.
    public var moment: Instant
    /// The stamps' bounds.
    public var bounds: TickBounds

    /// Makes a tick.
    public init(id: Int64, moment: Instant, bounds: TickBounds) {
        self.id = id
        self.moment = moment
        self.bounds = bounds
    }

    /// The beginning of time: has seen nothing.
    public static let beginning = Tick(
        id: 0,
        moment: Instant(microseconds: 0),
        bounds: TickBounds(min: Stamp(0), max: Stamp(0), open: [])
    )

    /// Whether a change with this stamp had been committed.
    public func hasSeen(_ stamp: Stamp) -> Bool { bounds.hasSeen(stamp) }
}

/// The stamps that a tick separates.
public struct TickBounds: Hashable, Sendable, Codable {
    /// Every stamp below this one had been committed or rolled back.
    public var min: Stamp
    /// No stamp from this one on had been drawn.
    public var max: Stamp
    /// The stamps between that were still open.
    public var open: [Stamp]

    /// Makes bounds.
    public init(min: Stamp, max: Stamp, open: [Stamp]) {
        self.min = min
        self.max = max
        self.open = open
    }

    func hasSeen(_ stamp: Stamp) -> Bool { stamp < max && !open.contains(stamp) }
}

/// The changes between two ticks: what the later had seen and the earlier had not.
public struct Window: Hashable, Sendable, Codable {
    /// The cut-off of the previous file.
    public var from: Tick
    /// The cut-off of this file.
    public var to: Tick

    /// Makes a window.
    ///
    /// - Throws: ``DatabaseError/cutOffBeforePredecessor(_:)`` when the clock went back.
    public init(from: Tick, to: Tick, for what: String) throws {
        guard from.bounds.max <= to.bounds.max else {
            throw DatabaseError.cutOffBeforePredecessor(what)
        }
        self.from = from
        self.to = to
    }

    /// Whether a change with this stamp belongs into the window.
    public func contains(_ stamp: Stamp) -> Bool { to.hasSeen(stamp) && !from.hasSeen(stamp) }

    /// The half-open range of stamps that an index is read through; not all of them belong.
    public var range: Range<Stamp> {
        let low = Swift.min(from.bounds.min, to.bounds.max)
        return low..<to.bounds.max
    }

    /// The parts of the range that can hold changes of the window, in order.
    ///
    /// Below the earlier cut-off these are only the stamps that were open then: a transaction that
    /// stays open for hours does not make every window read those hours again.
    public var segments: [Range<Stamp>] {
        let late = from.bounds.open.filter { $0 < from.bounds.max && to.hasSeen($0) }.sorted()
            .map { $0..<Stamp($0.value + 1) }
        let low = Swift.min(from.bounds.max, to.bounds.max)
        return low < to.bounds.max ? late + [low..<to.bounds.max] : late
    }
}
