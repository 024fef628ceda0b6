// SPDX-License-Identifier: Apache-2.0

/// Everything below `/v1`: one file each.
enum Resources {
    /// All endpoints, in the order of the document.
    static func all(_ options: ServerOptions) -> [any Endpoint] {
        [Resource.list]
    }
}
