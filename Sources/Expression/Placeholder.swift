enum ExpressionPlaceholder {}
