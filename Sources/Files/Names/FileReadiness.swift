// SPDX-License-Identifier: Apache-2.0
public import Common

/// Whether a file is complete (spec/imports.md, "Automated imports").
public enum FileReadiness: Sendable, Hashable {
    /// It can be taken.
    case ready
    /// It has to be looked at again at a moment.
    case wait(until: Instant)

    /// Decides by what is seen of a file now and was seen of it before.
    ///
    /// A companion makes it ready. Else its length must have been the same for a pause.
    ///
    /// - Parameters:
    ///   - previousSize: The length seen before; nil at the first look.
    ///   - previousSeen: When that length was first seen.
    ///   - size: The length now.
    ///   - now: The moment of this look.
    ///   - pause: How long the length must have been the same; zero takes any file at once.
    ///   - hasCompanion: Whether a `.done` companion exists.
    /// - Returns: Whether to take it now, else when to look again.
    public static func decide(
        previousSize: Int64?,
        previousSeen: Instant?,
        size: Int64,
        now: Instant,
        pause: Span,
        hasCompanion: Bool
    ) -> FileReadiness {
        guard !hasCompanion, pause > .zero else { return .ready }
        // A moment that lies ahead means that the clock was set back: the wait starts again.
        guard let previousSize, let previousSeen, previousSize == size, previousSeen <= now else {
            return .wait(until: now + pause)
        }
        let end = previousSeen + pause
        return end <= now ? .ready : .wait(until: end)
    }
}
