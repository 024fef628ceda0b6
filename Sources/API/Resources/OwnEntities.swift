// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

extension Caller {
    /// What narrows campaigns or exports to those of the caller's entities, for a user who is limited
    /// to some.
    ///
    /// - Parameter column: The listing's column that has the entity.
    /// - Returns: The filter; none for a user without a limit.
    func ownEntities(_ column: String) -> [ListingFilter] {
        let entities = user.entities.sorted()
        return entities.isEmpty ? [] : [.anyOf(column, entities.map { .integer($0.value) })]
    }
}

extension Change {
    /// Refuses, for a user who is limited to some entities, what would belong to none of them.
    ///
    /// - Throws: ``Problem`` about the attribute `entity_id`.
    func requireOwnEntity(_ entity: Int64?) throws {
        let user = call.caller.user
        guard !user.entities.isEmpty else { return }
        guard entity.map({ user.reaches(EntityID($0)) }) ?? false else {
            throw Problem.unacceptable("entity_id", "must be one of the user's own")
        }
    }
}
