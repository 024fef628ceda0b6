// SPDX-License-Identifier: Apache-2.0
import CGMime

/// The few GMime calls we need, with pointer casts that C does by macros.
///
/// GMime objects are not shared between threads here: each build makes and releases its own.
/// Whoever makes an object releases it with `defer`.
enum GMime {
    /// Initialises the library once a process; safe from any thread.
    static func start() { _ = started }

    private static let started: Void = g_mime_init()

    /// Drops a reference.
    static func release<Object>(_ object: UnsafeMutablePointer<Object>) {
        g_object_unref(UnsafeMutableRawPointer(object))
    }

    /// Views an object as an instance of one of its superclasses.
    static func cast<Object, Parent>(
        _ object: UnsafeMutablePointer<Object>,
        to parent: Parent.Type
    ) -> UnsafeMutablePointer<Parent> {
        UnsafeMutableRawPointer(object).assumingMemoryBound(to: parent)
    }

    /// Checks a pointer that the library promises not to be null.
    static func made<Object>(
        _ object: UnsafeMutablePointer<Object>?
    ) throws -> UnsafeMutablePointer<Object> {
        guard let object else {
            throw MessagingError.generation(problem: "the MIME library made no object")
        }
        return object
    }
}
