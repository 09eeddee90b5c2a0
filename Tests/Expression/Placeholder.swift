enum ExpressionTestsPlaceholder {}
