/** Examples of the library's use; what the README shows is taken from here. */
@NullMarked
package examples;

import org.jspecify.annotations.NullMarked;
