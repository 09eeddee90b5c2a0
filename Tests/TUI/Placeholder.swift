enum TUITestsPlaceholder {}
